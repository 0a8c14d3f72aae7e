//! Mail servers of well-known providers, by the domain of the address.
//!
//! Taken from what the providers tell their users. A domain that is not here is guessed and tried (`autoconfig`); own domains at
//! these providers are found by their mail exchanger elsewhere, or typed in.

use mercator_domain::inbox::Encryption::{self, StartTls, Tls};

/// A provider's servers.
pub struct Provider {
    /// Its name as people know it.
    pub name: &'static str,
    /// Domains of its addresses.
    pub domains: &'static [&'static str],
    /// Server, port and encryption for reading.
    pub imap: (&'static str, u16, Encryption),
    /// Server, port and encryption for sending.
    pub smtp: (&'static str, u16, Encryption),
    /// True when it files what is sent over SMTP itself.
    pub keeps_sent: bool,
    /// What the user must do first, as a fixed word that the window translates.
    pub note: Note,
}

/// What a provider asks for before other programs may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Nothing: the usual password works.
    None,
    /// A password made for this program, in the account's security settings.
    AppPassword,
    /// IMAP must be switched on in the settings, and a code takes the place of the password.
    AuthorizationCode,
    /// IMAP must be switched on in the settings.
    EnableImap,
    /// Passwords are not accepted any more for most accounts; only for organisations that allow it.
    OAuthOnly,
    /// A local bridge program must run.
    Bridge,
}

const fn tls(host: &'static str, port: u16) -> (&'static str, u16, Encryption) {
    (host, port, Tls)
}

const fn starttls(host: &'static str) -> (&'static str, u16, Encryption) {
    (host, 587, StartTls)
}

const fn provider(
    name: &'static str,
    domains: &'static [&'static str],
    imap: &'static str,
    smtp: (&'static str, u16, Encryption),
    keeps_sent: bool,
    note: Note,
) -> Provider {
    Provider { name, domains, imap: tls(imap, 993), smtp, keeps_sent, note }
}

/// All of them.
pub const PROVIDERS: &[Provider] = &[
    provider("Gmail", &["gmail.com", "googlemail.com"], "imap.gmail.com", tls("smtp.gmail.com", 465), true, Note::AppPassword),
    provider(
        "Outlook",
        &[
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "outlook.de",
            "outlook.fr",
            "outlook.es",
            "outlook.it",
            "outlook.jp",
            "hotmail.co.uk",
            "hotmail.fr",
            "hotmail.de",
            "live.co.uk",
        ],
        "outlook.office365.com",
        starttls("smtp-mail.outlook.com"),
        true,
        Note::OAuthOnly,
    ),
    provider("Microsoft 365", &["onmicrosoft.com"], "outlook.office365.com", starttls("smtp.office365.com"), true, Note::OAuthOnly),
    provider(
        "Yahoo",
        &[
            "yahoo.com",
            "ymail.com",
            "rocketmail.com",
            "yahoo.co.uk",
            "yahoo.de",
            "yahoo.fr",
            "yahoo.es",
            "yahoo.it",
            "yahoo.ca",
            "yahoo.com.br",
            "yahoo.in",
        ],
        "imap.mail.yahoo.com",
        tls("smtp.mail.yahoo.com", 465),
        true,
        Note::AppPassword,
    ),
    provider(
        "Yahoo Japan",
        &["yahoo.co.jp", "ymail.ne.jp"],
        "imap.mail.yahoo.co.jp",
        tls("smtp.mail.yahoo.co.jp", 465),
        false,
        Note::EnableImap,
    ),
    provider("AOL", &["aol.com", "aim.com"], "imap.aol.com", tls("smtp.aol.com", 465), true, Note::AppPassword),
    provider("iCloud", &["icloud.com", "me.com", "mac.com"], "imap.mail.me.com", starttls("smtp.mail.me.com"), false, Note::AppPassword),
    provider("GMX", &["gmx.de", "gmx.net", "gmx.at", "gmx.ch"], "imap.gmx.net", tls("mail.gmx.net", 465), false, Note::EnableImap),
    provider(
        "GMX.com",
        &["gmx.com", "gmx.co.uk", "gmx.us", "gmx.fr", "gmx.es"],
        "imap.gmx.com",
        tls("mail.gmx.com", 465),
        false,
        Note::EnableImap,
    ),
    provider("WEB.DE", &["web.de"], "imap.web.de", starttls("smtp.web.de"), false, Note::EnableImap),
    provider(
        "mail.com",
        &["mail.com", "email.com", "usa.com", "consultant.com", "europe.com"],
        "imap.mail.com",
        tls("smtp.mail.com", 465),
        false,
        Note::EnableImap,
    ),
    provider(
        "T-Online",
        &["t-online.de", "magenta.de"],
        "secureimap.t-online.de",
        tls("securesmtp.t-online.de", 465),
        false,
        Note::AppPassword,
    ),
    provider("freenet", &["freenet.de"], "mx.freenet.de", tls("mx.freenet.de", 465), false, Note::EnableImap),
    provider("mailbox.org", &["mailbox.org"], "imap.mailbox.org", tls("smtp.mailbox.org", 465), false, Note::None),
    provider("Posteo", &["posteo.de", "posteo.net", "posteo.eu"], "posteo.de", tls("posteo.de", 465), false, Note::None),
    provider(
        "IONOS",
        &["online.de", "onlinehome.de", "1und1.de", "ionos.de"],
        "imap.ionos.de",
        tls("smtp.ionos.de", 465),
        false,
        Note::None,
    ),
    provider("IONOS", &["1and1.com", "ionos.com"], "imap.ionos.com", tls("smtp.ionos.com", 465), false, Note::None),
    provider("STRATO", &["strato.de"], "imap.strato.de", tls("smtp.strato.de", 465), false, Note::None),
    provider("OVHcloud", &["ovh.net", "ovh.com"], "ssl0.ovh.net", tls("ssl0.ovh.net", 465), false, Note::None),
    provider("Orange", &["orange.fr", "wanadoo.fr"], "imap.orange.fr", tls("smtp.orange.fr", 465), false, Note::EnableImap),
    provider("Free", &["free.fr"], "imap.free.fr", tls("smtp.free.fr", 465), false, Note::None),
    provider("La Poste", &["laposte.net"], "imap.laposte.net", tls("smtp.laposte.net", 465), false, Note::EnableImap),
    provider("SFR", &["sfr.fr", "neuf.fr"], "imap.sfr.fr", tls("smtp.sfr.fr", 465), false, Note::None),
    provider(
        "Libero",
        &["libero.it", "iol.it", "blu.it", "inwind.it"],
        "imapmail.libero.it",
        tls("smtp.libero.it", 465),
        false,
        Note::EnableImap,
    ),
    provider("Virgilio", &["virgilio.it", "tin.it", "alice.it"], "in.virgilio.it", tls("out.virgilio.it", 465), false, Note::None),
    provider("Aruba", &["aruba.it"], "imaps.aruba.it", tls("smtps.aruba.it", 465), false, Note::None),
    provider("BT", &["btinternet.com"], "mail.btinternet.com", tls("mail.btinternet.com", 465), false, Note::None),
    provider("Comcast", &["comcast.net"], "imap.comcast.net", tls("smtp.comcast.net", 465), false, Note::EnableImap),
    provider(
        "AT&T",
        &["att.net", "sbcglobal.net", "bellsouth.net"],
        "imap.mail.att.net",
        tls("smtp.mail.att.net", 465),
        true,
        Note::AppPassword,
    ),
    provider(
        "Fastmail",
        &["fastmail.com", "fastmail.fm", "messagingengine.com"],
        "imap.fastmail.com",
        tls("smtp.fastmail.com", 465),
        false,
        Note::AppPassword,
    ),
    provider("Zoho", &["zoho.com", "zohomail.com"], "imap.zoho.com", tls("smtp.zoho.com", 465), false, Note::AppPassword),
    provider("Zoho EU", &["zoho.eu", "zohomail.eu"], "imap.zoho.eu", tls("smtp.zoho.eu", 465), false, Note::AppPassword),
    Provider {
        name: "Proton",
        domains: &["proton.me", "protonmail.com", "pm.me"],
        imap: ("127.0.0.1", 1143, StartTls),
        smtp: ("127.0.0.1", 1025, StartTls),
        keeps_sent: true,
        note: Note::Bridge,
    },
    provider("QQ", &["qq.com", "vip.qq.com", "foxmail.com"], "imap.qq.com", tls("smtp.qq.com", 465), false, Note::AuthorizationCode),
    provider("Tencent Exmail", &["exmail.qq.com"], "imap.exmail.qq.com", tls("smtp.exmail.qq.com", 465), false, Note::AuthorizationCode),
    provider("NetEase 163", &["163.com"], "imap.163.com", tls("smtp.163.com", 465), false, Note::AuthorizationCode),
    provider("NetEase 126", &["126.com"], "imap.126.com", tls("smtp.126.com", 465), false, Note::AuthorizationCode),
    provider("NetEase yeah", &["yeah.net"], "imap.yeah.net", tls("smtp.yeah.net", 465), false, Note::AuthorizationCode),
    provider("Aliyun", &["aliyun.com", "alibaba-inc.com"], "imap.aliyun.com", tls("smtp.aliyun.com", 465), false, Note::None),
    provider("Sina", &["sina.com", "sina.cn"], "imap.sina.com", tls("smtp.sina.com", 465), false, Note::AuthorizationCode),
    provider("Sohu", &["sohu.com"], "imap.sohu.com", tls("smtp.sohu.com", 465), false, Note::AuthorizationCode),
    provider("China Mobile 139", &["139.com"], "imap.139.com", tls("smtp.139.com", 465), false, Note::AuthorizationCode),
    provider("China Telecom 189", &["189.cn"], "imap.189.cn", tls("smtp.189.cn", 465), false, Note::AuthorizationCode),
    provider("Naver", &["naver.com"], "imap.naver.com", starttls("smtp.naver.com"), false, Note::EnableImap),
    provider("Daum", &["daum.net", "hanmail.net", "kakao.com"], "imap.daum.net", tls("smtp.daum.net", 465), false, Note::EnableImap),
    provider(
        "Mail.ru",
        &["mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"],
        "imap.mail.ru",
        tls("smtp.mail.ru", 465),
        false,
        Note::AppPassword,
    ),
    provider(
        "Yandex",
        &["yandex.ru", "ya.ru", "yandex.com", "yandex.by", "yandex.kz"],
        "imap.yandex.com",
        tls("smtp.yandex.com", 465),
        false,
        Note::AppPassword,
    ),
    provider("Seznam", &["seznam.cz", "email.cz"], "imap.seznam.cz", tls("smtp.seznam.cz", 465), false, Note::EnableImap),
    provider("WP", &["wp.pl"], "imap.wp.pl", tls("smtp.wp.pl", 465), false, Note::EnableImap),
    provider("Onet", &["onet.pl", "op.pl", "vp.pl"], "imap.poczta.onet.pl", tls("smtp.poczta.onet.pl", 465), false, Note::EnableImap),
    provider("Interia", &["interia.pl", "interia.eu"], "poczta.interia.pl", tls("poczta.interia.pl", 465), false, Note::EnableImap),
    provider("UOL", &["uol.com.br", "bol.com.br"], "imap.uol.com.br", tls("smtps.uol.com.br", 465), false, Note::None),
    provider("Terra", &["terra.com.br"], "imap.terra.com.br", starttls("smtp.terra.com.br"), false, Note::None),
    provider("Rediffmail", &["rediffmail.com"], "imap.rediffmail.com", tls("smtp.rediffmail.com", 465), false, Note::EnableImap),
    provider("Telenet", &["telenet.be"], "imap.telenet.be", starttls("smtp.telenet.be"), false, Note::None),
    provider("Ziggo", &["ziggo.nl", "upcmail.nl", "casema.nl"], "imap.ziggo.nl", starttls("smtp.ziggo.nl"), false, Note::None),
    provider("KPN", &["kpnmail.nl", "planet.nl"], "imap.kpnmail.nl", starttls("smtp.kpnmail.nl"), false, Note::None),
    provider("Bluewin", &["bluewin.ch"], "imaps.bluewin.ch", tls("smtpauths.bluewin.ch", 465), false, Note::None),
    provider("Telia", &["telia.com"], "mailin.telia.com", tls("mailout.telia.com", 465), false, Note::None),
    provider("Optus", &["optusnet.com.au"], "mail.optusnet.com.au", tls("mail.optusnet.com.au", 465), false, Note::None),
    provider(
        "BigPond",
        &["bigpond.com", "bigpond.net.au", "telstra.com"],
        "imap.telstramail.com",
        tls("smtp.telstramail.com", 465),
        false,
        Note::None,
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_domain_belongs_to_one_provider() {
        let mut seen = BTreeSet::new();
        for provider in PROVIDERS {
            for domain in provider.domains {
                assert!(seen.insert(domain) && domain.to_lowercase() == **domain, "{domain}");
            }
        }
        assert!(PROVIDERS.len() >= 40);
    }
}

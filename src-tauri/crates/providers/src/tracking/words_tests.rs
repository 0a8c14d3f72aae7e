//! The words of real carriers, with what they mean; among them those that are easily misread.

use ShipmentStage::{
    CustomsExport, CustomsHeld, CustomsImport, CustomsReleased, Delivered, DutyDue, Exception, InTransit, InfoReceived, OutForDelivery,
    Returned,
};

use super::*;

fn check(samples: &[(&str, &str, ShipmentStage)]) {
    let wrong: Vec<String> = samples
        .iter()
        .filter_map(|(carrier, text, expected)| {
            let said = stage_of(text);
            (said != Some(*expected)).then(|| format!("{carrier}: '{text}' is {expected}, not {said:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_phrases_can_be_read_and_every_stage_has_some_in_every_language() {
    let phrases = read(WRITTEN).unwrap();
    assert!(phrases.len() > 1500, "{}", phrases.len());
    let written: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(WRITTEN).unwrap();
    for stage in ShipmentStage::ALL {
        let languages: Vec<&str> = written[stage.as_str()].keys().map(String::as_str).collect();
        assert_eq!(languages, ["de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "zh"], "{stage}");
    }
}

#[test]
fn no_phrase_stands_under_two_stages_and_none_is_empty() {
    let mut stages: BTreeMap<String, ShipmentStage> = BTreeMap::new();
    for phrase in read(WRITTEN).unwrap() {
        assert!(phrase.weight.1 > 1, "{phrase:?}");
        let key = format!("{}{}", phrase.form.trim(), if phrase.whole { "=" } else { "" });
        let before = stages.insert(key, phrase.stage);
        assert!(before.is_none_or(|before| before == phrase.stage), "{phrase:?} is also {before:?}");
    }
}

#[test]
fn e3_customs_stages_are_read_from_the_words_of_many_carriers() {
    check(&[
        ("DHL Express", "Processed for clearance at LEIPZIG - GERMANY", CustomsImport),
        ("DHL Express", "Clearance event", CustomsImport),
        ("DHL Express", "Clearance processing complete at NEW YORK CITY GATEWAY", CustomsReleased),
        (
            "DHL Express",
            "Customs clearance status updated. Note - The Customs clearance process may start while the shipment is in transit to the destination.",
            CustomsImport,
        ),
        ("DHL Express", "Broker notified to arrange for clearance", CustomsImport),
        ("DHL Express", "Awaiting payment of duties and taxes by the receiver", DutyDue),
        ("FedEx", "International shipment release - Import", CustomsReleased),
        ("FedEx", "Clearance delay - Import", CustomsHeld),
        ("FedEx", "Clearance in progress", CustomsImport),
        ("FedEx", "Package available for clearance", CustomsImport),
        (
            "UPS",
            "Your package is pending release from a Government Agency. Once they release it, your package will be on its way.",
            CustomsHeld,
        ),
        ("UPS", "Your package was released by the customs agency.", CustomsReleased),
        ("UPS", "Duties or taxes are due on this package.", DutyDue),
        ("UPS", "The package is at the clearing agency awaiting final release. / Awaiting clearance", CustomsImport),
        ("USPS", "Inbound Into Customs", CustomsImport),
        ("USPS", "Inbound Out of Customs", CustomsReleased),
        ("USPS", "Held in Customs", CustomsHeld),
        ("USPS", "Customs clearance processing complete", CustomsReleased),
        ("China Post", "送交出口海关", CustomsExport),
        ("China Post", "出口海关/放行", CustomsReleased),
        ("China Post", "【北京国际】已送交境外进口海关", CustomsImport),
        ("China Post", "进口海关留存待验", CustomsHeld),
        ("China Post", "Held by export Customs", CustomsHeld),
        ("Yanwen", "Export clearance success", CustomsReleased),
        ("Yanwen", "出口清关中", CustomsExport),
        ("Yanwen", "目的国清关完成", CustomsReleased),
        ("YunExpress", "Import customs clearance started", CustomsImport),
        ("YunExpress", "Customs clearance completed, handed over to local carrier", CustomsReleased),
        ("Cainiao", "清关异常，需要清关资料", CustomsHeld),
        ("Cainiao", "等待收件人缴税", DutyDue),
        ("4PX", "Awaiting presentation to customs", CustomsImport),
        ("UPU", "Item presented to import Customs", CustomsImport),
        ("UPU", "Item returned from customs (Inb)", CustomsReleased),
        ("UPU", "Item presented to export customs/security (Otb)", CustomsExport),
        ("UPU", "Item held by import Customs, addressee to provide documents", CustomsHeld),
        ("Royal Mail", "Customs charges due. We've left a card", DutyDue),
        ("Parcelforce", "Awaiting payment of customs charges", DutyDue),
        ("Royal Mail", "Item received at Border Force for customs inspection", CustomsImport),
        ("Correios", "Objeto encaminhado para fiscalização aduaneira", CustomsImport),
        ("Correios", "Fiscalização aduaneira finalizada", CustomsReleased),
        ("Correios", "Aguardando pagamento do despacho postal", DutyDue),
        ("Correios", "Informações enviadas para análise da autoridade aduaneira/órgãos anuentes", CustomsImport),
        ("Correios", "Objeto apreendido por órgão de fiscalização", CustomsHeld),
        ("Deutsche Post", "Die Sendung wird zur Verzollung vorbereitet.", CustomsImport),
        ("DHL Paket", "Die Auslandssendung wird in der Zollabfertigung des Ziellandes bearbeitet.", CustomsImport),
        ("DHL Paket", "Die Zollabfertigung ist abgeschlossen.", CustomsReleased),
        ("DHL Paket", "Die Sendung wurde vom Zoll zurückgehalten.", CustomsHeld),
        ("DHL Paket", "Die Sendung liegt beim zuständigen Zollamt zur Abholung bereit.", CustomsHeld),
        ("Post AT", "Einfuhrabgaben zu zahlen", DutyDue),
        ("La Poste", "Votre colis est en cours de dédouanement.", CustomsImport),
        ("Colissimo", "Votre envoi est retenu par la douane.", CustomsHeld),
        ("Colissimo", "Votre colis a été dédouané et poursuit son acheminement.", CustomsReleased),
        ("Chronopost", "Droits et taxes à payer avant la livraison", DutyDue),
        ("Correos", "El envío está en trámites aduaneros", CustomsImport),
        ("Correos", "Envío retenido en Aduana", CustomsHeld),
        ("Correos", "Despachado de aduana", CustomsReleased),
        ("Correos", "Pendiente de pago de impuestos", DutyDue),
        ("CTT", "Desalfandegado", CustomsReleased),
        ("Poste Italiane", "In fase di sdoganamento", CustomsImport),
        ("Poste Italiane", "Spedizione trattenuta in dogana", CustomsHeld),
        ("Poste Italiane", "Operazioni doganali completate", CustomsReleased),
        ("Poste Italiane", "In attesa di pagamento oneri doganali", DutyDue),
        ("PostNL", "Zending is overgedragen aan de douane", CustomsImport),
        ("PostNL", "Vrijgegeven door de douane", CustomsReleased),
        ("PostNL", "Invoerkosten te betalen", DutyDue),
        ("Poczta Polska", "Przekazano do urzędu celnego", CustomsImport),
        ("Poczta Polska", "Przesyłka zatrzymana przez Urząd Celny", CustomsHeld),
        ("Poczta Polska", "Zwolnienie przez Urząd Celny", CustomsReleased),
        ("InPost", "Oczekuje na zapłatę cła", DutyDue),
        ("Japan Post", "通関手続中", CustomsImport),
        ("Japan Post", "税関で保留", CustomsHeld),
        ("Japan Post", "輸入許可", CustomsReleased),
        ("Sagawa", "関税のお支払いをお待ちしています", DutyDue),
        ("Yamato", "輸出通関手続中", CustomsExport),
    ]);
}

#[test]
fn e3_words_that_look_like_another_stage_are_not_misread() {
    check(&[
        ("USPS", "Your item was not delivered", Exception),
        ("USPS", "Delivery Attempted - No Access to Delivery Location", Exception),
        ("China Post", "Arrived at destination country", InTransit),
        ("Yanwen", "Arrived in the destination country, awaiting customs clearance", CustomsImport),
        ("UPU", "Released from customs", CustomsReleased),
        ("UPU", "Not yet released from customs", CustomsImport),
        ("4PX", "Awaiting release by customs", CustomsImport),
        ("YunExpress", "Customs clearance has not been completed", CustomsImport),
        ("YunExpress", "Delivered to local carrier", InTransit),
        ("YunExpress", "Package delivered to customs", CustomsImport),
        ("DHL Express", "Shipment will be delivered tomorrow", InTransit),
        ("DHL eCommerce", "Scheduled for delivery", InTransit),
        ("Hermes", "Undelivered", Exception),
        ("Royal Mail", "Sorry we missed you, delivery attempted", Exception),
        ("FedEx", "Cannot be delivered: customs documents required", CustomsHeld),
        ("USPS", "Returned to sender, refused by customs", Returned),
        ("Correios", "Objeto não entregue - carteiro não atendido", Exception),
        ("DHL Paket", "Die Sendung konnte nicht zugestellt werden", Exception),
        ("DHL Paket", "Die Sendung wird voraussichtlich morgen zugestellt", InTransit),
        ("China Post", "未妥投：收件人不在", Exception),
        ("Cainiao", "等待海关放行", CustomsImport),
        ("La Poste", "Votre colis n'a pas pu être livré", Exception),
        ("Correos", "No ha sido entregado", Exception),
        ("Yamato", "ご不在のため持ち戻り", Exception),
        ("Evri", "Delivered back to sender", Returned),
        ("GLS", "The parcel was not yet delivered", Exception),
    ]);
    // A word that only holds another one inside is not that other one.
    assert_eq!(stage_of("Customised goods"), None);
    assert_eq!(stage_of("Exporters' guild"), None);
}

#[test]
fn the_other_stages_are_read_too() {
    check(&[
        ("USPS", "Pre-Shipment Info Sent to USPS, USPS Awaiting Item", InfoReceived),
        ("UPS", "Shipper created a label, UPS has not received the package yet.", InfoReceived),
        ("YunExpress", "Shipment information received", InfoReceived),
        ("DHL Paket", "Die Sendung wurde elektronisch angekündigt.", InfoReceived),
        ("China Post", "电子信息已收到", InfoReceived),
        ("UPS", "Departed from Facility", InTransit),
        ("USPS", "Processed Through Facility - ISC NEW YORK NY (USPS)", InTransit),
        ("China Post", "航空公司启运", InTransit),
        ("China Post", "【广州】已收寄", InTransit),
        ("Correios", "Objeto em trânsito - por favor aguarde", InTransit),
        ("PostNL", "Zending is gesorteerd", InTransit),
        ("Japan Post", "国際交換局から発送", InTransit),
        ("FedEx", "On FedEx vehicle for delivery", OutForDelivery),
        ("USPS", "Out for Delivery", OutForDelivery),
        ("DHL Paket", "Die Sendung wurde in das Zustellfahrzeug geladen.", OutForDelivery),
        ("Correios", "Objeto saiu para entrega ao destinatário", OutForDelivery),
        ("China Post", "安排投递", OutForDelivery),
        ("USPS", "Delivered, In/At Mailbox", Delivered),
        ("China Post", "已妥投", Delivered),
        ("Correios", "Objeto entregue ao destinatário", Delivered),
        ("La Poste", "Votre colis a été livré.", Delivered),
        ("DHL Paket", "Zugestellt", Delivered),
        ("Japan Post", "お届け済み", Delivered),
        ("Poczta Polska", "Doręczono", Delivered),
        ("USPS", "Notice Left (No Authorized Recipient Available)", Exception),
        ("FedEx", "Delivery exception", Exception),
        ("PostNL", "Niemand thuis", Exception),
        ("USPS", "Return to Sender Processed", Returned),
        ("Correos", "Devuelto al remitente", Returned),
        ("China Post", "退回妥投", Returned),
        ("Poczta Polska", "Zwrot do nadawcy", Returned),
    ]);
}

#[test]
fn words_that_say_nothing_have_no_stage() {
    for text in ["", "   ", "…", "Leipzig", "您的包裹", "ok", "12.03.2026"] {
        assert_eq!(stage_of(text), None, "{text}");
    }
}

#[test]
fn case_accents_punctuation_and_width_do_not_matter() {
    for text in ["ZOLLABFERTIGUNG", "zollabfertigung", "Zoll-Abfertigung: Zollabfertigung!"] {
        assert_eq!(stage_of(text), Some(CustomsImport), "{text}");
    }
    assert_eq!(stage_of("FISCALIZACAO ADUANEIRA FINALIZADA"), Some(CustomsReleased));
    assert_eq!(stage_of("Ｏｕｔ　ｆｏｒ　ｄｅｌｉｖｅｒｙ"), Some(OutForDelivery));
    assert_eq!(stage_of("oczekuje na zapłatę CŁA"), Some(DutyDue));
}

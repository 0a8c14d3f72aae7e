//! Channels: the kinds of places where buyers write.

use crate::words;

words! {
    /// The kind of a channel. An inbox is one connected account of a kind.
    ChannelKind {
        /// Direct mail over IMAP and SMTP.
        Email => "email",
        /// Amazon's buyer-seller messages.
        Amazon => "amazon",
        /// eBay member messages.
        Ebay => "ebay",
        /// A Shopify store.
        Shopify => "shopify",
        /// A WooCommerce store.
        Woocommerce => "woocommerce",
        /// A Vendure store.
        Vendure => "vendure",
        /// A contact form or chat on the seller's own site.
        Webchat => "webchat",
        /// A Facebook page's messages.
        Messenger => "messenger",
        /// Instagram direct messages.
        Instagram => "instagram",
        /// WhatsApp Business.
        Whatsapp => "whatsapp",
        /// A Telegram bot.
        Telegram => "telegram",
        /// LINE official account.
        Line => "line",
        /// Matrix rooms, and bridges behind them.
        Matrix => "matrix",
        /// A watched folder of .eml, CSV and JSONL files.
        File => "file",
    }
}

words! {
    /// The five families that a merchant tells apart.
    ChannelFamily {
        /// Amazon, eBay.
        Marketplace => "marketplace",
        /// The seller's own shop system.
        Store => "store",
        /// Pages and direct messages of social networks.
        Social => "social",
        /// Instant messengers.
        Im => "im",
        /// E-mail and files.
        Email => "email",
    }
}

impl ChannelKind {
    /// The family of this kind.
    pub const fn family(self) -> ChannelFamily {
        match self {
            Self::Amazon | Self::Ebay => ChannelFamily::Marketplace,
            Self::Shopify | Self::Woocommerce | Self::Vendure | Self::Webchat => ChannelFamily::Store,
            Self::Messenger | Self::Instagram => ChannelFamily::Social,
            Self::Whatsapp | Self::Telegram | Self::Line | Self::Matrix => ChannelFamily::Im,
            Self::Email | Self::File => ChannelFamily::Email,
        }
    }

    /// How long silence after the bot's last answer must last before a resolution is assumed: 72 h for mail and
    /// marketplaces, 24 h for chats (vocabulary.md, "Ours").
    pub const fn assumed_after_ms(self) -> i64 {
        match self.family() {
            ChannelFamily::Marketplace | ChannelFamily::Store | ChannelFamily::Email => 72 * crate::moment::HOUR_MS,
            ChannelFamily::Social | ChannelFamily::Im => 24 * crate::moment::HOUR_MS,
        }
    }
}

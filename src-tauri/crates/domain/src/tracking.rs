//! What is set about the service that is asked where parcels are.

use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// The service.
    TrackingService {
        /// None: parcels are as the shop's data say.
        None => "none",
        /// 17TRACK.
        SeventeenTrack => "17track",
        /// AfterShip.
        AfterShip => "aftership",
    }
}

/// What is set. The key is kept with the secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct TrackingSettings {
    /// The service.
    pub service: TrackingService,
    /// Where, if not at its own address.
    pub address: String,
    /// A parcel is asked about again after so many hours, 2 to 72.
    pub every_hours: u16,
}

impl Default for TrackingSettings {
    fn default() -> Self {
        // Each look costs quota, and carriers report a few times a day.
        Self { service: TrackingService::None, address: String::new(), every_hours: 8 }
    }
}

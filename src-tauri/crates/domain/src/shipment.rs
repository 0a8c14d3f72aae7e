//! Parcels and their stages, normalised over all carriers.

use serde::{Deserialize, Serialize};

use crate::{
    ids::ShipmentId,
    moment::{HOUR_MS, Moment},
    words,
};

words! {
    /// The stage of a parcel, in the order of a normal journey; the last two can come at any time.
    ShipmentStage {
        /// The carrier knows of it, but does not have it.
        InfoReceived => "info_received",
        /// On its way.
        InTransit => "in_transit",
        /// At the customs of the country it leaves.
        CustomsExport => "customs_export",
        /// At the customs of the country it enters.
        CustomsImport => "customs_import",
        /// Customs keep it: papers or a decision are missing.
        CustomsHeld => "customs_held",
        /// The receiver must pay duty or tax first.
        DutyDue => "duty_due",
        /// Customs let it go.
        CustomsReleased => "customs_released",
        /// With the driver.
        OutForDelivery => "out_for_delivery",
        /// Arrived.
        Delivered => "delivered",
        /// Something went wrong.
        Exception => "exception",
        /// On its way back.
        Returned => "returned",
    }
}

impl ShipmentStage {
    /// True when nothing more is expected to happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Returned)
    }
}

/// One report of a carrier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ShipmentEvent {
    /// When it happened.
    pub at: Moment,
    /// The stage.
    pub stage: ShipmentStage,
    /// Where, as reported.
    pub place: String,
    /// The carrier's own words.
    pub text: String,
}

/// One parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Shipment {
    /// The row.
    pub id: ShipmentId,
    /// As the shop calls it.
    pub carrier: String,
    /// The parcel's number.
    pub tracking_number: String,
    /// The last known stage.
    pub stage: ShipmentStage,
    /// When it left.
    pub shipped_at: Option<Moment>,
    /// When it arrived.
    pub delivered_at: Option<Moment>,
    /// Reports, oldest first.
    pub events: Vec<ShipmentEvent>,
}

impl Shipment {
    /// The last sign of life: the newest report, else when it left.
    pub fn last_movement(&self) -> Option<Moment> {
        self.events.iter().map(|e| e.at).max().or(self.shipped_at)
    }

    /// True when nothing has moved for more than `hours` and the parcel is not at its end.
    pub fn is_stuck(&self, now: Moment, hours: i64) -> bool {
        !self.stage.is_final() && self.last_movement().is_some_and(|last| now.since(last) > hours.saturating_mul(HOUR_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(stage: ShipmentStage, last: i64) -> Shipment {
        Shipment {
            id: ShipmentId(1),
            carrier: String::new(),
            tracking_number: "X".into(),
            stage,
            shipped_at: Some(Moment(0)),
            delivered_at: None,
            events: vec![ShipmentEvent { at: Moment(last), stage, place: String::new(), text: String::new() }],
        }
    }

    #[test]
    fn a_parcel_is_stuck_after_the_limit_and_never_once_delivered() {
        let now = Moment(100 * HOUR_MS);
        assert!(parcel(ShipmentStage::InTransit, 0).is_stuck(now, 96));
        assert!(!parcel(ShipmentStage::InTransit, 5 * HOUR_MS).is_stuck(now, 96));
        assert!(!parcel(ShipmentStage::Delivered, 0).is_stuck(now, 96));
    }
}

//! Instants between the trade's library and the driver's: `Instant` is a `DATETIME(6)` in UTC. No
//! other conversion of time happens anywhere.

use jiff::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySql, MySqlTypeInfo, MySqlValueRef};
use sqlx::{Decode, Encode, Type};
use time::{OffsetDateTime, PrimitiveDateTime};

/// A point in time as a column keeps it: UTC, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub Timestamp);

impl Type<MySql> for Instant {
    fn type_info() -> MySqlTypeInfo {
        <PrimitiveDateTime as Type<MySql>>::type_info()
    }

    fn compatible(ty: &MySqlTypeInfo) -> bool {
        <PrimitiveDateTime as Type<MySql>>::compatible(ty)
    }
}

impl Encode<'_, MySql> for Instant {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        let nanos = i128::from(self.0.as_microsecond()) * 1000;
        let utc = OffsetDateTime::from_unix_timestamp_nanos(nanos)?;
        Encode::<MySql>::encode(PrimitiveDateTime::new(utc.date(), utc.time()), buffer)
    }
}

impl Decode<'_, MySql> for Instant {
    fn decode(value: MySqlValueRef<'_>) -> Result<Self, BoxDynError> {
        let utc = <PrimitiveDateTime as Decode<'_, MySql>>::decode(value)?.assume_utc();
        Ok(Self(Timestamp::from_nanosecond(utc.unix_timestamp_nanos())?))
    }
}

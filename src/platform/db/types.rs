//! Dates and instants between the trade's library and the driver's: `Instant` is a `DATETIME(6)` in
//! UTC, `Day` a `DATE`. No other conversion of time happens anywhere.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySql, MySqlTypeInfo, MySqlValueRef};
use sqlx::{Decode, Encode, Type};
use time::{OffsetDateTime, PrimitiveDateTime};

/// A point in time as a column keeps it: UTC, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub Timestamp);

/// A civil day as a column keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

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

impl Type<MySql> for Day {
    fn type_info() -> MySqlTypeInfo {
        <time::Date as Type<MySql>>::type_info()
    }

    fn compatible(ty: &MySqlTypeInfo) -> bool {
        <time::Date as Type<MySql>>::compatible(ty)
    }
}

impl Encode<'_, MySql> for Day {
    fn encode_by_ref(&self, buffer: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        let month = time::Month::try_from(self.0.month().unsigned_abs())?;
        let day = self.0.day().unsigned_abs();
        let date = time::Date::from_calendar_date(i32::from(self.0.year()), month, day)?;
        Encode::<MySql>::encode(date, buffer)
    }
}

impl Decode<'_, MySql> for Day {
    fn decode(value: MySqlValueRef<'_>) -> Result<Self, BoxDynError> {
        let date = <time::Date as Decode<'_, MySql>>::decode(value)?;
        let year = i16::try_from(date.year())?;
        let month = i8::try_from(u8::from(date.month()))?;
        Ok(Self(Date::new(year, month, i8::try_from(date.day())?)?))
    }
}

//! Money: whole minor units of an ISO 4217 currency.

use crate::text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217 that has a minor unit. Text and JSON form: its code, `KES`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    iso: iso_currency::Currency,
    exponent: u8,
}

/// An amount: a whole number of minor units (cents) of a currency. Exact, signed; overflow is an error, never a wrap.
///
/// JSON form: `{"amount":"12.50","currency":"KES"}`. The amount is text, because many JSON readers make a float of a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why this is no money, or why it cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a code of ISO 4217.
    #[error("unknown currency: write a code of ISO 4217 in capitals, such as KES")]
    UnknownCurrency,
    /// Gold, special drawing rights and the like have no minor unit.
    #[error("this code has no minor unit: write the code of a currency people pay in, such as KES")]
    NoMinorUnit,
    /// Not plain decimal digits.
    #[error(
        "not an amount: write digits with a point before the decimals, such as 12.50, with no spaces, commas or currency signs"
    )]
    Form,
    /// More decimals than the currency has; rounding is the caller's to decide, not ours.
    #[error("too many decimals: {currency} has {allowed}")]
    TooManyDecimals {
        /// The currency of the amount.
        currency: Currency,
        /// How many decimals it has.
        allowed: u8,
    },
    /// Beyond the range of 64-bit minor units.
    #[error("the amount is too large: split it")]
    TooLarge,
    /// Two currencies in one sum.
    #[error("two currencies in one sum, {left} and {right}: convert one of them first")]
    DifferentCurrencies {
        /// The currency the operation started from.
        left: Currency,
        /// The other.
        right: Currency,
    },
}

impl Currency {
    /// The currency with this ISO 4217 code, in capitals.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`]; [`MoneyError::NoMinorUnit`] for codes such as `XAU` and `XXX`.
    pub fn from_code(code: &str) -> Result<Self, MoneyError> {
        let iso = iso_currency::Currency::from_code(code).ok_or(MoneyError::UnknownCurrency)?;
        let exponent = iso.exponent().ok_or(MoneyError::NoMinorUnit)?;
        let exponent = u8::try_from(exponent).map_err(|_| MoneyError::NoMinorUnit)?;
        Ok(Self { iso, exponent })
    }

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.iso.code()
    }

    /// The ISO 4217 number, as payment messages carry it: 404 for `KES`.
    #[must_use]
    pub fn numeric(self) -> u16 {
        self.iso.numeric()
    }

    /// How many decimals the minor unit has: 2 for `KES`, 0 for `UGX`, 3 for `TND`.
    #[must_use]
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    fn minor_per_major(self) -> u64 {
        10_u64.pow(u32::from(self.exponent))
    }
}

impl Money {
    /// `minor` minor units (cents) of `currency`.
    #[must_use]
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads decimal text exactly: `12.50`, `12.5`, `12`, `-0.01`.
    ///
    /// # Errors
    /// [`MoneyError::Form`], [`MoneyError::TooManyDecimals`] (also if the surplus decimals are zeros: the sender means
    /// another scale), [`MoneyError::TooLarge`].
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, digits) = match amount.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, amount),
        };
        let (whole, decimals) = match digits.split_once('.') {
            Some((_, "")) => return Err(MoneyError::Form),
            Some((whole, decimals)) => (whole, decimals),
            None => (digits, ""),
        };
        if whole.is_empty()
            || !whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit())
        {
            return Err(MoneyError::Form);
        }
        let allowed = usize::from(currency.exponent);
        if decimals.len() > allowed {
            return Err(MoneyError::TooManyDecimals { currency, allowed: currency.exponent });
        }

        let padding = std::iter::repeat_n(b'0', allowed - decimals.len());
        let mut minor = 0_i64;
        for digit in whole.bytes().chain(decimals.bytes()).chain(padding) {
            // Counted downwards: the least i64 has no positive twin.
            let next =
                minor.checked_mul(10).and_then(|tens| tens.checked_sub(i64::from(digit - b'0')));
            minor = next.ok_or(MoneyError::TooLarge)?;
        }
        if !negative {
            minor = minor.checked_neg().ok_or(MoneyError::TooLarge)?;
        }
        Ok(Self { minor, currency })
    }

    /// Minor units, as stored in a BIGINT column.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount without the currency, always with all decimals: `12.50`.
    #[must_use]
    pub fn amount(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let per_major = self.currency.minor_per_major();
        let magnitude = self.minor.unsigned_abs();
        let (whole, decimals) = (magnitude / per_major, magnitude % per_major);
        match usize::from(self.currency.exponent) {
            0 => format!("{sign}{whole}"),
            width => format!("{sign}{whole}.{decimals:0width$}"),
        }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::DifferentCurrencies`], [`MoneyError::TooLarge`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with_minor(self.minor.checked_add(other.minor))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::DifferentCurrencies`], [`MoneyError::TooLarge`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with_minor(self.minor.checked_sub(other.minor))
    }

    /// `factor` times as much.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn checked_mul(self, factor: i64) -> Result<Self, MoneyError> {
        self.with_minor(self.minor.checked_mul(factor))
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::DifferentCurrencies { left: self.currency, right: other.currency })
    }

    fn with_minor(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        let minor = minor.ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::from_code(code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a currency code of ISO 4217 as text, such as \"KES\"")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.amount())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The JSON form; `A` is the amount's text.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Money")]
struct MoneyJson<A> {
    amount: A,
    currency: Currency,
}

/// An amount not yet read, since its decimals depend on the currency.
struct AmountText(String);

impl FromStr for AmountText {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for AmountText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "an amount as text, such as \"12.50\"")
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyJson { amount: self.amount(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = MoneyJson::<AmountText>::deserialize(deserializer)?;
        Self::parse(&json.amount.0, json.currency).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).unwrap()
    }

    fn kes(minor: i64) -> Money {
        Money::from_minor(minor, currency("KES"))
    }

    #[test]
    fn a_currency_has_a_code_a_number_and_an_exponent() {
        let shilling: Currency = "KES".parse().unwrap();
        assert_eq!((shilling.code(), shilling.numeric(), shilling.exponent()), ("KES", 404, 2));
        assert_eq!((currency("UGX").exponent(), currency("TND").exponent()), (0, 3));
        for code in ["kes", "", "AAA", "KESX", "404"] {
            assert_eq!(Currency::from_code(code), Err(MoneyError::UnknownCurrency), "{code}");
        }
        for code in ["XAU", "XXX", "XTS"] {
            assert_eq!(Currency::from_code(code), Err(MoneyError::NoMinorUnit), "{code}");
        }
    }

    #[test]
    fn reads_decimal_text_exactly() {
        for (text, minor) in [
            ("12.50", 1250),
            ("12.5", 1250),
            ("12", 1200),
            ("0.01", 1),
            ("-0.01", -1),
            ("-12.50", -1250),
            ("0", 0),
            ("-0.00", 0),
            ("007.10", 710),
            ("92233720368547758.07", i64::MAX),
            ("-92233720368547758.08", i64::MIN),
        ] {
            assert_eq!(Money::parse(text, currency("KES")), Ok(kes(minor)), "{text}");
        }
        assert_eq!(Money::parse("1250", currency("UGX")).unwrap().minor(), 1250);
        assert_eq!(Money::parse("1.25", currency("TND")).unwrap().minor(), 1250);
    }

    #[test]
    fn refuses_what_is_not_plain_digits() {
        for text in [
            "", "-", ".", ".5", "5.", "-.5", "+5", "--5", "5-", "1,000", "1 000", "1e3", "12.5.0",
            "12.-5", "0x10", "٣", "KES 5", " 5", "5 ", "NaN", "12,50", "1_000", "1.+5",
        ] {
            assert_eq!(Money::parse(text, currency("KES")), Err(MoneyError::Form), "{text}");
        }
    }

    #[test]
    fn refuses_more_decimals_than_the_currency_has() {
        for (text, code) in
            [("12.501", "KES"), ("12.500", "KES"), ("1.0", "UGX"), ("1.0000", "TND")]
        {
            let currency = currency(code);
            let expected = MoneyError::TooManyDecimals { currency, allowed: currency.exponent() };
            assert_eq!(Money::parse(text, currency), Err(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_64_bits_cannot_hold() {
        for text in [
            "92233720368547758.08",
            "-92233720368547758.09",
            "99999999999999999999999999999999",
            "92233720368547759",
        ] {
            assert_eq!(Money::parse(text, currency("KES")), Err(MoneyError::TooLarge), "{text}");
        }
    }

    #[test]
    fn writes_all_decimals_and_the_code_first() {
        assert_eq!(kes(1250).to_string(), "KES 12.50");
        assert_eq!(kes(-5).to_string(), "KES -0.05");
        assert_eq!(kes(i64::MIN).amount(), "-92233720368547758.08");
        assert_eq!(Money::from_minor(1250, currency("UGX")).amount(), "1250");
        assert_eq!(Money::from_minor(1250, currency("TND")).amount(), "1.250");
    }

    #[test]
    fn computes_or_says_why_not() {
        assert_eq!(kes(5).checked_add(kes(-7)), Ok(kes(-2)));
        assert_eq!(kes(5).checked_sub(kes(7)), Ok(kes(-2)));
        assert_eq!(kes(5).checked_mul(-3), Ok(kes(-15)));
        assert_eq!(kes(i64::MAX).checked_add(kes(1)), Err(MoneyError::TooLarge));
        assert_eq!(kes(i64::MIN).checked_sub(kes(1)), Err(MoneyError::TooLarge));
        assert_eq!(kes(i64::MIN).checked_mul(-1), Err(MoneyError::TooLarge));
        let other = Money::from_minor(1, currency("UGX"));
        let expected =
            MoneyError::DifferentCurrencies { left: currency("KES"), right: currency("UGX") };
        assert_eq!(kes(1).checked_add(other), Err(expected));
        assert_eq!(kes(1).checked_sub(other), Err(expected));
        assert_eq!(
            expected.to_string(),
            "two currencies in one sum, KES and UGX: convert one of them first"
        );
    }

    #[test]
    fn is_text_and_code_in_json() {
        let json = r#"{"amount":"12.50","currency":"KES"}"#;
        assert_eq!(serde_json::to_string(&kes(1250)).unwrap(), json);
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), kes(1250));
        let either_order = r#"{"currency":"KES","amount":"12.5"}"#;
        assert_eq!(serde_json::from_str::<Money>(either_order).unwrap(), kes(1250));
    }

    #[test]
    fn errors_in_json_name_the_remedy() {
        for (json, remedy) in [
            (r#"{"amount":12.5,"currency":"KES"}"#, "an amount as text"),
            (r#"{"amount":"12.505","currency":"KES"}"#, "too many decimals: KES has 2"),
            (r#"{"amount":"12.50","currency":"Ksh"}"#, "a code of ISO 4217"),
            (r#"{"amount":"12.50"}"#, "missing field `currency`"),
        ] {
            let error = serde_json::from_str::<Money>(json).unwrap_err().to_string();
            assert!(error.contains(remedy), "{error}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips_at_every_exponent(minor: i64) {
            for code in ["UGX", "KES", "TND", "CLF"] {
                let money = Money::from_minor(minor, currency(code));
                prop_assert_eq!(Money::parse(&money.amount(), money.currency()), Ok(money));
            }
        }

        #[test]
        fn adding_and_taking_away_is_nothing(a in -1_i64 << 61..1_i64 << 61, b in -1_i64 << 61..1_i64 << 61) {
            let sum = kes(a).checked_add(kes(b)).unwrap();
            prop_assert_eq!(sum.minor(), a + b);
            prop_assert_eq!(sum.checked_sub(kes(b)), Ok(kes(a)));
        }

        #[test]
        fn never_panics(text in "[0-9.-]{0,30}|\\PC{0,30}") {
            let _ = Money::parse(&text, currency("KES"));
        }
    }
}

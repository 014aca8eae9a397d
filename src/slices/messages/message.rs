//! What a message is, and what it may not be. Types that hold words for a person print as `…`.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kernel::id::{Id, Sort};
use crate::kernel::locale::Locale;

const LONGEST_EVENT: usize = 160;
/// RFC 5321: a path is 256 octets with its angle brackets.
const LONGEST_ADDRESS: usize = 254;
const LONGEST_SUBJECT: usize = 150;
const LONGEST_SHORT: usize = 160;
/// Far above what anybody reads; a document is a link, not a letter.
const LONGEST_LETTER: usize = 16 * 1024;

/// Names the identifiers of messages.
pub struct Sent;

impl Sort for Sent {
    const PREFIX: &'static str = "msg";
}

/// Identifier of a message, `msg_…`.
pub type MessageId = Id<Sent>;

/// A message to be written to the outbox.
#[derive(Clone, Debug)]
pub struct Message {
    /// What it speaks of, such as `identity/confirm/<uuid>`: one message at most per event. It is
    /// shown to operators and written to the log, so it names no person.
    pub event: String,
    /// Who it is for.
    pub to: Recipient,
    /// The language of the words around the letter.
    pub locale: Locale,
    /// What it says.
    pub letter: Letter,
    /// After this it is of no use and is not sent: the life of a code, or of a link.
    pub expires: Option<Timestamp>,
}

/// Who a message is for, and by which way.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// An e-mail address.
    Email(String),
    /// A mobile number in E.164, `+33612345678`.
    Mobile(String),
}

/// What a message says: the words are the caller's, the form is each transport's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Subject of the e-mail.
    pub subject: String,
    /// The text of the e-mail.
    pub paragraphs: Vec<String>,
    /// A code to copy, after the text.
    pub code: Option<String>,
    /// A link to follow, after the text: its label and its address.
    pub action: Option<(String, String)>,
    /// The whole SMS, 160 characters at most.
    pub short: String,
}

/// The way of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// E-mail.
    Email,
    /// SMS.
    Sms,
}

impl Channel {
    /// Both ways.
    pub const ALL: [Self; 2] = [Self::Email, Self::Sms];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

impl Recipient {
    /// The way that this recipient is reached by.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Mobile(_) => Channel::Sms,
        }
    }

    /// The address itself: for the transport, and for nothing else.
    pub fn address(&self) -> &str {
        match self {
            Self::Email(address) | Self::Mobile(address) => address,
        }
    }

    /// The address as its holder recognises it, and nobody else learns it: `06 •• •• •• 78`, `c•••@exemple.fr`.
    pub fn masked(&self) -> String {
        match self {
            Self::Email(address) => {
                let (name, domain) = address.rsplit_once('@').unwrap_or_default();
                let first: String = name.chars().take(1).collect();
                format!("{first}•••@{domain}")
            }
            Self::Mobile(number) => masked_number(number),
        }
    }

    /// The recipient with this address, by its form.
    pub fn read(address: &str) -> Self {
        if address.starts_with('+') {
            Self::Mobile(address.to_owned())
        } else {
            Self::Email(address.to_owned())
        }
    }

    /// Whether it has the form of an address: to be asked of what a person typed, before posting.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Email(address) => is_email(address),
            Self::Mobile(number) => is_e164(number),
        }
    }
}

fn masked_number(number: &str) -> String {
    let national = number.strip_prefix("+33").map(|rest| format!("0{rest}"));
    let (shown, known) = match &national {
        Some(national) => (2, national.as_str()),
        None => (3, number),
    };
    let digits: Vec<char> = known.chars().collect();
    if digits.len() < 6 {
        return "••".to_owned();
    }
    let start: String = digits[..shown].iter().collect();
    let end: String = digits[digits.len() - 2..].iter().collect();
    format!("{start}\u{a0}••\u{a0}••\u{a0}••\u{a0}{end}")
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:…", self.channel().code())
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Message {
    /// What makes this no message, if anything does: a fault of the slice that wrote it.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let Self { event, to, letter, .. } = self;
        let is_event = (1..=LONGEST_EVENT).contains(&event.len())
            && event.bytes().all(|byte| byte.is_ascii_graphic());
        let size: usize = letter.paragraphs.iter().map(String::len).sum();
        let is_link =
            |(_, url): &(String, String)| url.starts_with("https://") || url.starts_with("http://");
        [
            (is_event, "the event is empty, too long or not plain ASCII"),
            (to.is_sound(), "the recipient is not an address"),
            (is_line(&letter.subject, LONGEST_SUBJECT), "the subject is empty or too long"),
            (is_short(&letter.short), "the short text is empty or too long"),
            (size <= LONGEST_LETTER, "the letter is too long"),
            (letter.action.as_ref().is_none_or(is_link), "the link is not an address of the web"),
        ]
        .into_iter()
        .find_map(|(right, fault)| (!right).then_some(fault))
    }
}

/// Some text without a line's end: a subject with one would be two headers.
fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
}

/// One SMS. Its last line may be what a telephone fills a code in from (`@domain #code`), and stands alone then.
fn is_short(text: &str) -> bool {
    let lines = text.split('\n');
    text.chars().count() <= LONGEST_SHORT
        && lines.clone().count() <= 2
        && lines.into_iter().all(|line| is_line(line, LONGEST_SHORT))
}

/// The least that is asked of an address; only its owner's answer tells whether it is one. Plain ASCII:
/// few mail servers take anything else, and a domain has its form in ASCII (`xn--…`).
fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    !local.is_empty()
        && domain.len() >= 3
        && domain.contains('.')
        && address.len() <= LONGEST_ADDRESS
        && address.is_ascii()
        && !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;".contains(c))
}

/// A plus, then 8 to 15 digits of which the first is not zero.
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A letter as another slice would write it.
    pub(crate) fn letter() -> Letter {
        Letter {
            subject: "Confirmez votre adresse – étape 1".to_owned(),
            paragraphs: vec!["Vous avez demandé un <compte>.".to_owned(), "À bientôt.".to_owned()],
            code: Some("482913".to_owned()),
            action: Some((
                "Confirmer mon adresse".to_owned(),
                "https://assurly.example/c?a=1&b=2".to_owned(),
            )),
            short: "482913 est votre code. Ne le donnez à personne.".to_owned(),
        }
    }

    fn message() -> Message {
        Message {
            event: "identity/confirm/1".to_owned(),
            to: Recipient::Email("camille@exemple.fr".to_owned()),
            locale: Locale::Fr,
            letter: letter(),
            expires: None,
        }
    }

    #[test]
    fn what_is_no_message_is_said() {
        assert_eq!(message().fault(), None);
        for to in [
            "",
            "camille",
            "@exemple.fr",
            "a@b",
            "a b@exemple.fr",
            "a@exemple.fr\nBcc: x",
            "é@exemple.fr",
        ] {
            let wrong = Message { to: Recipient::Email(to.to_owned()), ..message() };
            assert!(wrong.fault().is_some(), "{to:?}");
        }
        for to in ["0612345678", "+0612345678", "+336123", "+33 612345678", "+336123456789012345"] {
            let wrong = Message { to: Recipient::Mobile(to.to_owned()), ..message() };
            assert!(wrong.fault().is_some(), "{to:?}");
        }
        for event in ["", "a b", "é", &"a".repeat(161)] {
            assert!(
                Message { event: event.to_owned(), ..message() }.fault().is_some(),
                "{event:?}"
            );
        }
        let mut two_headers = message();
        two_headers.letter.subject = "Bonjour\r\nBcc: tous@exemple.fr".to_owned();
        assert!(two_headers.fault().is_some());
        let mut long = message();
        long.letter.short = "é".repeat(161);
        assert!(long.fault().is_some());
        let mut script = message();
        script.letter.action = Some(("Ouvrir".to_owned(), "javascript:alert(1)".to_owned()));
        assert!(script.fault().is_some());
    }

    #[test]
    fn nothing_of_a_person_is_printed() {
        let printed = format!("{:?}", message());
        assert!(!printed.contains("camille") && !printed.contains("482913"), "{printed}");
    }
}

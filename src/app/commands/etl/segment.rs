//! `assurly etl segment`: counts, kept segments, exports.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::segments;
use crate::app::settings::Settings;
use crate::slices::campaigns::segments::{
    Counted, Kind, SegmentDocument, SegmentFilter, Segments, ZoneKind,
};

/// Arguments of `etl segment`.
#[derive(Debug, Args)]
pub(super) struct SegmentArgs {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// How many sales
    Count {
        /// Ask so many times more on the same connection, and tell what each took (`times_ms`)
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1000))]
        times: u16,
        #[command(flatten)]
        filter: Box<FilterArgs>,
    },
    /// How many sales, commune by commune, as CSV; small counts are hidden
    Export(Box<FilterArgs>),
    /// How many sales, month by month, whatever the price
    Months(Box<FilterArgs>),
    /// Keep the filter under a name, with its count and the editions that it was counted on
    Save {
        /// Its name
        #[arg(long)]
        name: String,
        #[command(flatten)]
        filter: Box<FilterArgs>,
    },
    /// The segments that are kept
    List,
}

/// A filter.
#[derive(Debug, Args)]
struct FilterArgs {
    /// Name of the dataset
    #[arg(long, default_value = "dvf")]
    dataset: String,
    /// Departments (01, 2A, 974), one or more
    #[arg(long = "department", conflicts_with_all = ["communes", "postal_codes"])]
    departments: Vec<String>,
    /// Communes by INSEE code, one or more
    #[arg(long = "commune", conflicts_with = "postal_codes")]
    communes: Vec<String>,
    /// Postal codes, one or more
    #[arg(long = "postal-code")]
    postal_codes: Vec<String>,
    /// First day
    #[arg(long)]
    from: Date,
    /// Last day
    #[arg(long)]
    to: Date,
    /// Nature of the deed
    #[arg(long = "nature", default_value = "Vente")]
    natures: Vec<String>,
    /// maison, appartement, mixte, local, dependance, terrain; one or more
    #[arg(long = "kind", value_parser = kind)]
    kinds: Vec<Kind>,
    /// Lowest price in euros
    #[arg(long)]
    price_min: Option<u32>,
    /// Highest price in euros
    #[arg(long)]
    price_max: Option<u32>,
    /// Fewest main rooms
    #[arg(long)]
    rooms_min: Option<u32>,
    /// Most main rooms
    #[arg(long)]
    rooms_max: Option<u32>,
    /// Smallest built area in square metres
    #[arg(long)]
    built_min: Option<u32>,
    /// Largest built area in square metres
    #[arg(long)]
    built_max: Option<u32>,
    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn kind(word: &str) -> Result<Kind, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

impl FilterArgs {
    fn filter(&self) -> SegmentFilter {
        let (zone, zones) = if !self.departments.is_empty() {
            (ZoneKind::Departments, &self.departments)
        } else if !self.communes.is_empty() {
            (ZoneKind::Communes, &self.communes)
        } else if !self.postal_codes.is_empty() {
            (ZoneKind::PostalCodes, &self.postal_codes)
        } else {
            (ZoneKind::Country, &self.departments)
        };
        let cents = |euros: Option<u32>| euros.map(|euros| u64::from(euros) * 100);
        SegmentFilter {
            dataset: self.dataset.clone(),
            zone,
            zones: zones.clone(),
            from: self.from,
            to: self.to,
            natures: self.natures.clone(),
            kinds: self.kinds.clone(),
            price_min_cents: cents(self.price_min),
            price_max_cents: cents(self.price_max),
            rooms_min: self.rooms_min,
            rooms_max: self.rooms_max,
            built_min: self.built_min,
            built_max: self.built_max,
        }
    }

    fn write(&self, text: &str) -> anyhow::Result<()> {
        match &self.out {
            Some(file) => std::fs::write(file, text).with_context(|| file.display().to_string()),
            None => Ok(std::io::stdout().write_all(text.as_bytes())?),
        }
    }
}

impl SegmentArgs {
    pub(super) async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let segments = segments(settings)?;
        let done = self.work.run(&segments).await;
        segments.close().await;
        done
    }
}

impl Work {
    async fn run(self, segments: &Segments) -> anyhow::Result<()> {
        match self {
            Self::Count { times, filter } => count(segments, &filter, times).await,
            Self::Export(args) => args.write(&segments.export(None, None, &args.filter()).await?),
            Self::Months(args) => {
                let months = segments.months(&args.filter()).await?;
                args.write(&serde_json::to_string_pretty(&months)?)
            }
            Self::Save { name, filter } => {
                let (saved, _) = segments.save(None, &name, filter.filter(), None).await?;
                filter.write(&serde_json::to_string_pretty(&SegmentDocument::from(saved))?)
            }
            Self::List => {
                let list = segments.list(None, 200).await?;
                let list: Vec<_> = list.into_iter().map(SegmentDocument::from).collect();
                let text = serde_json::to_string_pretty(&list)?;
                Ok(std::io::stdout().write_all(text.as_bytes())?)
            }
        }
    }
}

async fn count(segments: &Segments, args: &FilterArgs, times: u16) -> anyhow::Result<()> {
    let (counted, ms) = timed(segments, args).await?;
    let mut times_ms = Vec::new();
    for _ in 0..times {
        times_ms.push(timed(segments, args).await?.1);
    }
    if std::io::stdout().is_terminal() && args.out.is_none() {
        let fewer = || format!("fewer than {}", counted.smallest);
        let sales = counted.sales.map_or_else(fewer, |sales| sales.to_string());
        return args.write(&format!("{sales} sales ({ms} ms)\n"));
    }
    let mut value = serde_json::to_value(&counted)?;
    value["ms"] = ms.into();
    if times > 0 {
        value["times_ms"] = times_ms.into();
    }
    args.write(&format!("{value}\n"))
}

/// A count and the milliseconds that it took.
async fn timed(segments: &Segments, args: &FilterArgs) -> anyhow::Result<(Counted, u64)> {
    let began = Instant::now();
    let counted = segments.count(None, &args.filter()).await?;
    Ok((counted, u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)))
}

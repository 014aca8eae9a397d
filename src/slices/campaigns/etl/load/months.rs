//! Sales and median price of each month, commune and kind: one walk along an index, in the order of the groups,
//! so that no more than one group is held at a time. Sorting them on the server took more than the whole load.

use bytes::Bytes;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::chunk;
use super::error::LoadError;
use super::store::tables::{self, Names};
use crate::slices::campaigns::etl::encode::escaped;

/// Bytes of a piece that is sent.
const PIECE: usize = 64 << 10;

/// Pieces that wait for the server; the walk waits when it is full.
const AHEAD: usize = 2;

/// Commune, kind, month as `202103`, department, price.
type Sale = (String, u8, u32, String, u64);

/// Makes the aggregates anew, in one transaction of `conn`; `walker` reads meanwhile. After a failure nothing of
/// it is open: what is written down of the run next is no part of it.
pub(super) async fn fill(
    conn: &mut Conn,
    walker: Conn,
    names: &Names,
    has_infile: bool,
) -> Result<(), LoadError> {
    conn.query_drop("START TRANSACTION").await?;
    let filled = anew(conn, walker, names, has_infile).await;
    if filled.is_ok() {
        conn.query_drop("COMMIT").await?;
    } else {
        // A server that is away has rolled back already.
        drop(conn.query_drop("ROLLBACK").await);
    }
    filled
}

async fn anew(
    conn: &mut Conn,
    walker: Conn,
    names: &Names,
    has_infile: bool,
) -> Result<(), LoadError> {
    let (to, from) = mpsc::channel(AHEAD);
    // Ends with this function, however that ends.
    let mut walking = JoinSet::new();
    walking.spawn(walk(walker, tables::walk_sales(names), to));
    conn.query_drop(tables::clear_months(names)).await?;
    let (taken, warnings) = chunk::send(conn, tables::months(names), has_infile, from).await?;
    let walked = walking.join_next().await.and_then(Result::ok).ok_or(LoadError::Panicked)?;
    let sent = walked?;
    if sent != taken || warnings > 0 {
        return Err(LoadError::Counts(format!(
            "`{}` took {taken} months of {sent}, with {warnings} warnings",
            names.months
        )));
    }
    Ok(())
}

/// Reads the sales in order and sends each group as a row; says how many there were.
async fn walk(mut conn: Conn, sql: String, to: mpsc::Sender<Bytes>) -> Result<u64, LoadError> {
    let (mut group, mut piece, mut sent) = (Group::default(), Vec::with_capacity(PIECE), 0);
    let mut sales = conn.query_iter(sql).await?;
    while let Some(row) = sales.next().await? {
        let sale: Sale = mysql_async::from_row_opt(row).map_err(|_| LoadError::Panicked)?;
        if !group.takes(&sale) {
            sent += group.write(&mut piece);
            group = Group::of(&sale);
            if piece.len() >= PIECE {
                let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE));
                // Nobody listens any more: the other side says why.
                if to.send(full.into()).await.is_err() {
                    return Ok(sent);
                }
            }
        }
        group.prices.push((sale.3, sale.4));
    }
    sent += group.write(&mut piece);
    drop(sales);
    let _ = to.send(piece.into()).await;
    conn.disconnect().await?;
    Ok(sent)
}

/// The sales of one commune, kind and month.
#[derive(Default)]
struct Group {
    commune: String,
    kind: u8,
    month: u32,
    prices: Vec<(String, u64)>,
}

impl Group {
    fn of(sale: &Sale) -> Self {
        Self { commune: sale.0.clone(), kind: sale.1, month: sale.2, prices: Vec::new() }
    }

    /// As the table compares: «2a004» is «2A004».
    fn takes(&self, sale: &Sale) -> bool {
        (self.kind, self.month) == (sale.1, sale.2) && self.commune.eq_ignore_ascii_case(&sale.0)
    }

    /// Writes the group, once for each department that it names: there is one, in data that is right.
    fn write(&mut self, to: &mut Vec<u8>) -> u64 {
        let (year, month) = (self.month / 100, self.month % 100);
        self.prices.sort_unstable_by(|one, other| {
            spelt(&one.0).cmp(spelt(&other.0)).then(one.1.cmp(&other.1))
        });
        let of_one =
            |one: &(String, u64), other: &(String, u64)| one.0.eq_ignore_ascii_case(&other.0);
        let mut written = 0;
        for prices in self.prices.chunk_by(of_one) {
            to.extend_from_slice(format!("{year:04}-{month:02}-01\t").as_bytes());
            for name in [&prices[0].0, &self.commune] {
                escaped(name.as_bytes(), to);
                to.push(b'\t');
            }
            let (kind, sales, median) = (self.kind, prices.len(), median(prices));
            to.extend_from_slice(format!("{kind}\t{sales}\t{median}\n").as_bytes());
            written += 1;
        }
        written
    }
}

/// A name as the table compares it.
fn spelt(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_uppercase())
}

/// The middle of sorted prices; between the two in the middle, half a cent up.
fn median(prices: &[(String, u64)]) -> u64 {
    let at = |place: usize| prices.get(place).map_or(0, |one| one.1);
    let (lower, upper) = (at((prices.len() - 1) / 2), at(prices.len() / 2));
    (lower + upper).div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(sales: &[(&str, u64)]) -> String {
        let mut group = Group::of(&("2A004".to_owned(), 2, 202_103, String::new(), 0));
        group.prices =
            sales.iter().map(|(department, price)| ((*department).to_owned(), *price)).collect();
        let mut piece = Vec::new();
        assert_eq!(group.write(&mut piece), piece.iter().filter(|b| **b == b'\n').count() as u64);
        String::from_utf8(piece).expect("text")
    }

    #[test]
    fn a_median_is_the_middle_or_between_two() {
        assert_eq!(
            written(&[("2A", 900), ("2A", 100), ("2A", 200)]),
            "2021-03-01\t2A\t2A004\t2\t3\t200\n"
        );
        assert_eq!(written(&[("2A", 101), ("2A", 200)]), "2021-03-01\t2A\t2A004\t2\t2\t151\n");
    }

    #[test]
    fn two_departments_of_one_commune_are_two_rows_and_two_spellings_one() {
        let two = written(&[("2A", 100), ("13", 300), ("2A", 100)]);
        assert_eq!(two, "2021-03-01\t13\t2A004\t2\t1\t300\n2021-03-01\t2A\t2A004\t2\t2\t100\n");
        let group = Group::of(&("2A004".to_owned(), 2, 202_103, String::new(), 0));
        assert!(group.takes(&("2a004".to_owned(), 2, 202_103, "2A".to_owned(), 5)));
        assert!(!group.takes(&("2A004".to_owned(), 2, 202_104, "2A".to_owned(), 5)));
    }
}

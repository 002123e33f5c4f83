//! Children of a person: births in which she was named the mother by her number.

use crate::model::Birth;
use crate::store;
use crate::{Civil, Error};
use contracts::civil::Children;
use contracts::reads::{self, ReadEntry};
use contracts::{CallContext, Pseudonym};

/// Most children that are answered.
const CHILDREN_MAX: i64 = 100;
/// Fields of a child.
const CHILD_FIELDS: [&str; 3] = ["child", "born", "sex"];

impl Civil {
    /// The subject's children, cut to the fields of the agreement. The read stands in the log of the
    /// mother, who was asked about, and of each child.
    ///
    /// # Errors
    /// [`Error::Db`], or what the key store says.
    pub async fn children(&self, ctx: CallContext, mother: Pseudonym) -> Result<Children, Error> {
        let (civil, mark) = (self.clone(), self.mother_mark(mother)?);
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let mut births = Vec::new();
                for sealed in store::of_mother(tx, mark, CHILDREN_MAX).await? {
                    births.push(civil.open_birth(tx, sealed).await?);
                }
                let fields = CHILD_FIELDS.iter().filter(|field| ctx.allows_field(field));
                let entry =
                    ReadEntry::of(&ctx, fields.map(ToString::to_string).collect(), tx.now());
                let children = births.iter().map(Birth::logged_under);
                let subjects: Vec<Pseudonym> = children.chain([mother]).collect();
                reads::store::append(tx, &civil.ctx.fields, &subjects, &entry).await?;
                Ok(Children { children: births.iter().map(|birth| birth.child(&ctx)).collect() })
            })
        });
        write.await
    }
}

//! The table of roles and permissions, put together from the rows of all blocks.

use std::collections::HashMap;

/// The role of whoever administers the installation. It is not bound to the member that owns a block.
pub const OPERATOR: &str = "operator";

/// A permission as a type, for [`super::Officer`]. Blocks declare empty enums or structs of their own.
pub trait Permission: Send + Sync + 'static {
    /// Name as in the block's table: `<block>.<noun>.<verb>`, as `civil.birth.register`.
    const NAME: &'static str;
}

/// One row of a block's table: which roles carry a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermissionRow {
    /// As [`Permission::NAME`].
    pub name: &'static str,
    /// Roles that carry it; [`OPERATOR`] only where named.
    pub roles: &'static [&'static str],
}

/// All rows of an installation.
#[derive(Clone, Debug, Default)]
pub struct Permissions(HashMap<&'static str, &'static [&'static str]>);

/// Two rows define the same permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the permission `{0}` is defined twice: rename one of them")]
pub struct DuplicatePermission(pub &'static str);

impl Permissions {
    /// The rows of all blocks together.
    ///
    /// # Errors
    /// [`DuplicatePermission`] when two rows have one name.
    pub fn new(rows: impl IntoIterator<Item = PermissionRow>) -> Result<Self, DuplicatePermission> {
        let mut table = HashMap::new();
        for row in rows {
            if table.insert(row.name, row.roles).is_some() {
                return Err(DuplicatePermission(row.name));
            }
        }
        Ok(Self(table))
    }

    /// The roles that carry `permission`; `None` when no block defines it.
    #[must_use]
    pub fn roles(&self, permission: &str) -> Option<&'static [&'static str]> {
        self.0.get(permission).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_defined_once() {
        let row = PermissionRow { name: "civil.birth.register", roles: &["registrar"] };
        let table = Permissions::new([row]).unwrap();
        assert_eq!(table.roles("civil.birth.register"), Some(["registrar"].as_slice()));
        assert_eq!(table.roles("civil.birth.delete"), None);
        assert_eq!(Permissions::new([row, row]).unwrap_err(), DuplicatePermission(row.name));
    }
}

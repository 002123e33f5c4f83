//! What ships beside the instrument: roles, products, standards and safeguards.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All four, as compiled in.
pub static CATALOGUES: LazyLock<Catalogues> = LazyLock::new(|| Catalogues {
    products: read::<Products>(include_str!("../../data/products.toml")).product,
    roles: read(include_str!("../../data/roles.toml")),
    interfaces: read::<Interfaces>(include_str!("../../data/standards.toml")).interface,
    safeguards: read::<Safeguards>(include_str!("../../data/safeguards.toml")).safeguard,
});

/// The catalogues.
pub struct Catalogues {
    pub products: Vec<Product>,
    pub roles: Roles,
    pub interfaces: Vec<BlockInterface>,
    pub safeguards: Vec<Safeguard>,
}

impl Catalogues {
    /// Who answers for a dimension. An instrument with a dimension of its own gets the first owner of the file.
    #[must_use]
    pub fn owner(&self, dimension: &str) -> &Owner {
        let owners = &self.roles.owners;
        owners.iter().find(|owner| owner.dimension == dimension).unwrap_or(&owners[0])
    }

    /// Names of the products that are made for one of these Building Blocks, in the file's order.
    #[must_use]
    pub fn products_for(&self, blocks: &[String]) -> Vec<String> {
        let fits = |product: &&Product| product.building_blocks.iter().any(|b| blocks.contains(b));
        self.products.iter().filter(fits).map(|product| product.name.clone()).collect()
    }

    /// What the interfaces of a Building Block should speak.
    #[must_use]
    pub fn standards_of(&self, block: &str) -> &[String] {
        let found = self.interfaces.iter().find(|interface| interface.building_block == block);
        found.map_or(&[], |interface| &interface.standards)
    }
}

/// An open-source product.
#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    pub name: String,
    pub licence: String,
    pub does: String,
    pub building_blocks: Vec<String>,
}

/// Roles, and which of them answer for which dimension.
#[derive(Clone, Debug, Deserialize)]
pub struct Roles {
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
    #[serde(rename = "owner")]
    pub owners: Vec<Owner>,
}

/// A role, never a person.
#[derive(Clone, Debug, Deserialize)]
pub struct Role {
    pub id: String,
    pub name: String,
}

/// Who answers for a dimension; ids of roles.
#[derive(Clone, Debug, Deserialize)]
pub struct Owner {
    pub dimension: String,
    pub responsible: String,
    pub accountable: String,
    pub consulted: Vec<String>,
    pub informed: Vec<String>,
    pub decision_body: String,
}

/// Standards of a Building Block.
#[derive(Clone, Debug, Deserialize)]
pub struct BlockInterface {
    pub building_block: String,
    pub standards: Vec<String>,
}

/// A principle or risk of the UN's universal DPI safeguards.
#[derive(Clone, Debug, Deserialize)]
pub struct Safeguard {
    pub id: String,
    /// `principle` or `risk`.
    pub kind: String,
    pub name: String,
    pub stage: String,
    pub authority: String,
}

#[derive(Deserialize)]
struct Products {
    product: Vec<Product>,
}

#[derive(Deserialize)]
struct Interfaces {
    interface: Vec<BlockInterface>,
}

#[derive(Deserialize)]
struct Safeguards {
    safeguard: Vec<Safeguard>,
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("the tests read the same text")
}

//! The gallery alone, for design work: `cargo run -p ui --example gallery`, then open http://127.0.0.1:8099/gallery.

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use basis::Rng;
use ui::{Site, Ui, assets, gallery};

#[derive(Clone)]
struct App(Ui);

impl FromRef<App> for Ui {
    fn from_ref(app: &App) -> Self {
        app.0.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let site = Site {
        service: "Tumbawe services".to_owned(),
        operator: "National Identity Authority".to_owned(),
        home: "/gallery".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    let rng = Rng::system();
    let ui = Ui::builder("gallery", site, &rng.bytes(), rng).build();
    let app = Router::new()
        .route("/gallery", get(gallery::gallery))
        .with_state(App(ui))
        .merge(assets::router());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8099").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

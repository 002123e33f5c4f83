//! The pages and other routes that are not part of the OpenAPI document, recorded so that the authorisation table sees them.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use http::Method;

/// Routes with their methods. As an axum router, but it knows what was put into it.
#[derive(Clone, Debug)]
pub struct Pages<S = ()> {
    router: Router<S>,
    routes: Vec<(Method, String)>,
}

impl<S: Clone + Send + Sync + 'static> Pages<S> {
    /// No pages.
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new() }
    }

    /// Answers GET (and HEAD) on `path`, written as for axum: `/civil/births/{id}`.
    #[must_use]
    pub fn get<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::GET, path, axum::routing::get(handler))
    }

    /// Answers POST on `path`.
    #[must_use]
    pub fn post<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::POST, path, axum::routing::post(handler))
    }

    /// Answers PUT on `path`.
    #[must_use]
    pub fn put<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::PUT, path, axum::routing::put(handler))
    }

    /// Answers DELETE on `path`.
    #[must_use]
    pub fn delete<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::DELETE, path, axum::routing::delete(handler))
    }

    /// Adds the routes of `other`.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        Self { router: self.router.merge(other.router), routes: self.routes }
    }

    /// Gives the handlers their state.
    #[must_use]
    pub fn with_state(self, state: S) -> Pages {
        Pages { router: self.router.with_state(state), routes: self.routes }
    }

    /// What was added, in that order.
    #[must_use]
    pub fn routes(&self) -> &[(Method, String)] {
        &self.routes
    }

    /// The axum router.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    fn add(mut self, method: Method, path: &str, handler: MethodRouter<S>) -> Self {
        self.routes.push((method, path.to_owned()));
        Self { router: self.router.route(path, handler), routes: self.routes }
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Pages<S> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn page() -> &'static str {
        "page"
    }

    #[test]
    fn it_remembers_what_was_added() {
        let more = Pages::new().post("/a", page);
        let pages: Pages = Pages::new().get("/a", page).merge(more).delete("/b/{id}", page);
        let routes: Vec<String> =
            pages.routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
        assert_eq!(routes, ["GET /a", "POST /a", "DELETE /b/{id}"]);
    }
}

//! Which path is answered by what.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};

use super::guard::{self, Access};
use super::onlooker::Explorer;
use super::{analyze, answers, page, stream};

/// What is to be answered, behind the checks of who may ask.
pub fn routes(explorer: &Arc<Explorer>, access: Access) -> Router {
    let data = Router::new()
        .route("/v1/analyze", post(analyze::analyze))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/summary", get(answers::summary))
        .route("/v1/findings", get(answers::findings))
        .route("/v1/articles/{*id}", get(answers::article))
        .route("/v1/history", delete(answers::forget))
        .route("/v1/{*path}", get(answers::nothing))
        .method_not_allowed_fallback(answers::another_method)
        .with_state(Arc::clone(explorer))
        .layer(from_fn_with_state(Arc::new(access), guard::data));
    let open = page::routes().layer(from_fn(guard::page));
    data.merge(open)
}

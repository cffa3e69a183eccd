//! The pages under `/problems`, one for each problem type.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::http::{Fields, FromFields, Path, Problem, ProblemType, text};

pub(super) fn routes() -> Routes {
    let policy = RoutePolicy::read(Permission::Public);
    Routes::new("Problems")
        .undocumented("/problems", policy, index)
        .undocumented("/problems/{code}", policy, explain)
}

struct Wanted(Option<ProblemType>);

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = text(|name: &str| Ok(name.to_owned()));
        let name = fields.required("code", name)?;
        let named = |code: &&ProblemType| code.name() == name;
        Some(Self(ProblemType::ALL.iter().find(named).copied()))
    }
}

async fn index() -> Response {
    let row = |code: &ProblemType| {
        format!(
            "<li><a href=\"/problems/{0}\"><code>{0}</code></a> ({1}): {2}</li>\n",
            code.name(),
            code.status().as_u16(),
            code.title()
        )
    };
    let list: String = ProblemType::ALL.iter().map(row).collect();
    page("Problems", &format!("<ul>\n{list}</ul>"))
}

async fn explain(Path(Wanted(code)): Path<Wanted>) -> Result<Response, Problem> {
    let code = code.ok_or_else(|| {
        Problem::new(
            ProblemType::NotFound,
            "There is no problem type of this name.",
        )
    })?;
    let body = format!(
        "<p><code>{}</code>, status {}</p>\n<p>{}</p>\n<p><a href=\"/problems\">All problems</a></p>",
        code.name(),
        code.status().as_u16(),
        code.explanation()
    );
    Ok(page(code.title(), &body))
}

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · Fairhold</title>\n\
         <link rel=\"icon\" href=\"/static/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/static/styles.css\">\n</head>\n<body>\n\
         <main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let cache = [(header::CACHE_CONTROL, "max-age=3600")];
    (cache, Html(html)).into_response()
}

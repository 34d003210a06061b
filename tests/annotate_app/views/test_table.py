from streamlit.testing.v1 import AppTest


def test_a_table_shows_every_cell_as_text_and_runs_none_of_it() -> None:
    def page() -> None:
        from annotate_app.views import table
        from annotate_app.views.table import Bar

        hostile = "<script>alert(1)</script>\"'"
        table.show(hostile, [hostile, "done"], [[hostile, Bar(1, 2, hostile)]])

    (shown,) = AppTest.from_function(page).run().get("html")
    body = shown.proto.body
    assert "<script" not in body
    assert body.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;") == 5
    assert '<progress max="2" value="1"' in body
    assert '<td role="cell" data-label="done">' in body

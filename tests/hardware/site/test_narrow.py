"""A table of many columns tells each cell what its column is called; others stay as they are."""

from hardware.site.narrow import stacking


def _table(classes: str, columns: int) -> str:
    head = "".join(f'<th class="head"><p>h{one} &amp; <em>so</em></p></th>' for one in range(columns - 1))
    row = "".join(f"<td><p>c{one}</p></td>" for one in range(columns))
    body = f"<tbody><tr>{row}</tr>\n<tr>{row}</tr></tbody>"
    return f'<table class="{classes}">\n<thead><tr><td></td>{head}</tr></thead>{body}</table>'


def test_each_cell_of_a_wide_table_has_the_name_of_its_column() -> None:
    text = stacking(_table("kit power", 4))
    assert text.startswith('<table class="kit power stacks">')
    assert text.count('<td data-head="h0 &amp; so"><p>c1</p>') == 2
    assert text.count('<td data-head="h2 &amp; so"><p>c3</p>') == 2
    assert "<thead><tr><td></td><th" in text, "the head itself is not labelled"


def test_narrow_tables_and_those_of_the_wires_stay() -> None:
    for table in (_table("kit bill", 3), _table("kit wires", 5), '<table class="x"><tr><td>no head</td></tr></table>'):
        assert stacking(table) == table

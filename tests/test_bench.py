"""The frame of the benchmarks: fair turns, honest medians, a page that keeps both databases."""

from bench.frame import Bench, Figure, Side, measure, rows, write


def bench(*sides: Side) -> Bench:
    return Bench(code="x", title="do it", unit="things", sizes=(10,), sides=sides, target="fast")


def test_sides_take_turns_and_each_round_is_counted():
    order = []
    sides = [Side(name, lambda name=name: lambda size: order.append(name)) for name in "ab"]
    figures = measure(bench(*sides), rounds=6, step=lambda text: None)
    assert order == ["a", "b", "b", "a"] * 3
    assert [len(figure.rates) for figure in figures] == [6, 6]


def test_our_side_is_compared_with_the_others_by_the_median():
    one = bench(Side("ours", lambda: len), Side("theirs", lambda: len))
    figures = [Figure(one, 10, "ours", [10.0, 30.0, 20.0]), Figure(one, 10, "theirs", [10.0])]
    assert [row[3:] for row in rows(figures)] == [
        ("20 things/s", "10–30", "1.00×"),
        ("10 things/s", "10–10", "2.00×"),
    ]


def test_the_page_keeps_what_was_measured_on_the_other_database(tmp_path):
    page = tmp_path / "benchmarks.md"
    one = bench(Side("ours", lambda: len))
    for database, rate in (("SQLite", 1.0), ("PostgreSQL 15", 2.0), ("SQLite", 3.0)):
        write([Figure(one, 10, "ours", [rate])], database, page=page)
    text = page.read_text("utf-8")
    assert text.count("## SQLite") == text.count("## PostgreSQL 15") == 1
    assert "3 things/s" in text and "2 things/s" in text and "1 things/s" not in text


def test_an_answer_stays_until_its_own_question_is_asked_again(tmp_path):
    page = tmp_path / "benchmarks.md"
    side = Side("ours", lambda: len)
    first, second = (
        Bench(code=code, title=code * 3, unit="things", sizes=(10,), sides=(side,)) for code in "ab"
    )
    write(
        [Figure(first, 10, "ours", [1.0]), Figure(second, 10, "ours", [2.0])], "SQLite", page=page
    )
    write([Figure(second, 10, "ours", [3.0])], "PostgreSQL 15", page=page)
    write([Figure(second, 10, "ours", [4.0])], "SQLite", page=page)
    text = page.read_text("utf-8")
    assert [n for n in range(1, 5) if f"{n} things/s" in text] == [1, 3, 4]
    assert text.count("### aaa") == 1 and text.count("### bbb") == 2

"""Delimited text as it really comes: small files, and by hand what each of them holds.

The categories are those of the Pollock benchmark (Vitagliano et al. 2023, VLDB 16(8): pollution of
preamble, headings, delimiters, quotation, escape and record ends, at the level of a file and of a
row), of the sniffer tests of CleverCSV and DuckDB, and of what small organisations send.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One file: its bytes, and its cells row by row or the refusal with its place."""

    name: str
    data: bytes
    rows: list[list[str]] | None = None
    refused: str = ""
    place: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ";"


def read(
    name: str,
    text: str,
    rows: list[list[str]],
    *,
    delimiter: str = ";",
    encoding: str = "utf-8",
    codec: str = "",
    before: bytes = b"",
) -> Case:
    return Case(
        name,
        before + text.encode(codec or encoding),
        rows,
        encoding=encoding,
        delimiter=delimiter,
    )


def refuse(name: str, data: str | bytes, code: str, **place: object) -> Case:
    data = data.encode() if isinstance(data, str) else data
    return Case(name, data, refused=code, place={key: str(value) for key, value in place.items()})


TABLE = [["Codice", "Nome", "Ore"], ["007", "Ada", "1,5"], ["008", "Bea", "2"]]
POINTS = [["Code", "Name", "Hours"], ["007", "Ada", "1.5"], ["008", "Bea", "2"]]


def lines(rows: list[list[str]], mark: str = ";", end: str = "\n") -> str:
    return "".join(mark.join(row) + end for row in rows)


PLAIN = lines(TABLE)

FILES = [
    # --- whole files: ends of records
    read("plain", PLAIN, TABLE),
    read("no final newline", PLAIN[:-1], TABLE),
    read("two final newlines", PLAIN + "\n", [*TABLE, []]),
    read("five final newlines", PLAIN + "\n" * 4, [*TABLE, [], [], [], []]),
    read("CRLF", lines(TABLE, end="\r\n"), TABLE),
    read("CR of the old Mac", lines(TABLE, end="\r"), TABLE),
    read("CR without the last", lines(TABLE, end="\r")[:-1], TABLE),
    read("mixed record ends", "Codice;Nome;Ore\r\n007;Ada;1,5\n008;Bea;2\r", TABLE),
    read("leading blank lines", "\n\n" + PLAIN, [[], [], *TABLE]),
    read(
        "blank lines between", "A;B\n\n1;2\n\n3;4\n", [["A", "B"], [], ["1", "2"], [], ["3", "4"]]
    ),
    read(
        "line of spaces only", "A;B\n1;2\n  \n3;4\n", [["A", "B"], ["1", "2"], ["  "], ["3", "4"]]
    ),
    read("row of separators only", "A;B\n1;2\n;\n", [["A", "B"], ["1", "2"], ["", ""]]),
    # --- whole files: separators
    read("comma", lines(POINTS, ","), POINTS, delimiter=","),
    read("tab", lines(TABLE, "\t"), TABLE, delimiter="\t"),
    read("pipe", lines(TABLE, "|"), TABLE, delimiter="|"),
    read("comma and space", lines(POINTS, ", "), POINTS, delimiter=", "),
    read("semicolon and space", lines(TABLE, "; "), TABLE, delimiter="; "),
    read("spaced pipe", lines(TABLE, " | "), TABLE, delimiter=" | "),
    read("double pipe", lines(TABLE, "||"), TABLE, delimiter="||"),
    read("caret", lines(TABLE, "^"), TABLE, delimiter="^"),
    read("tilde", lines(TABLE, "~"), TABLE, delimiter="~"),
    read("unit separator", lines(TABLE, "\x1f"), TABLE, delimiter="\x1f"),
    read(
        "comma and space with quotes",
        'Code, Name\n1, "Rossi, Ada"\n2, "Bianchi, Bea"\n',
        [["Code", "Name"], ["1", "Rossi, Ada"], ["2", "Bianchi, Bea"]],
        delimiter=", ",
    ),
    read(
        "space with quotes",
        'Code Name Hours\n1 "Rossi Ada" 2\n2 "Bianchi Bea" 3\n',
        [["Code", "Name", "Hours"], ["1", "Rossi Ada", "2"], ["2", "Bianchi Bea", "3"]],
        delimiter=" ",
    ),
    read(
        "space between headed numbers",
        "Mese Ore Presenti\ngennaio 12 40\nfebbraio 14 38\nmarzo 9 41\n",
        [
            ["Mese", "Ore", "Presenti"],
            ["gennaio", "12", "40"],
            ["febbraio", "14", "38"],
            ["marzo", "9", "41"],
        ],
        delimiter=" ",
    ),
    read(
        "decimal commas between semicolons",
        "A;B;C\n1,5;2,5;3,5\n2,5;3,5;4,5\n",
        [["A", "B", "C"], ["1,5", "2,5", "3,5"], ["2,5", "3,5", "4,5"]],
    ),
    read(
        "decimal commas without headings",
        "1,5;2,5\n2,5;3,5\n3,5;4,5\n",
        [["1,5", "2,5"], ["2,5", "3,5"], ["3,5", "4,5"]],
    ),
    read(
        "decimal commas between tabs",
        "A\tB\n1,5\t2,5\n2,5\t3,5\n",
        [["A", "B"], ["1,5", "2,5"], ["2,5", "3,5"]],
        delimiter="\t",
    ),
    read(
        "quoted decimal commas between commas",
        'A,B\n"1,5","2,5"\n"2,5","3,5"\n',
        [["A", "B"], ["1,5", "2,5"], ["2,5", "3,5"]],
        delimiter=",",
    ),
    read(
        "commas of sentences between semicolons",
        "Cognome, nome;Note\nRossi, Ada;arriva\nBianchi, Bea;parte\n",
        [["Cognome, nome", "Note"], ["Rossi, Ada", "arriva"], ["Bianchi, Bea", "parte"]],
    ),
    read(
        "semicolons of sentences between commas",
        "Nome,Note\nAda,porta il tè; poi va\nBea,parte; torna\nCleo,resta\n",
        [
            ["Nome", "Note"],
            ["Ada", "porta il tè; poi va"],
            ["Bea", "parte; torna"],
            ["Cleo", "resta"],
        ],
        delimiter=",",
    ),
    read(
        "several answers in a cell",
        "Id,Scelte,Età\n1,a;b,30\n2,a,31\n3,c;d;e,32\n",
        [["Id", "Scelte", "Età"], ["1", "a;b", "30"], ["2", "a", "31"], ["3", "c;d;e", "32"]],
        delimiter=",",
    ),
    read(
        "times and dates",
        "Giorno;Ora\n01/02/2021;09:30\n02/02/2021;10:15\n",
        [["Giorno", "Ora"], ["01/02/2021", "09:30"], ["02/02/2021", "10:15"]],
    ),
    read(
        "thousands in commas, tab separated",
        "Anno\tTotale\n2021\t1,200\n2022\t2,400\n",
        [["Anno", "Totale"], ["2021", "1,200"], ["2022", "2,400"]],
        delimiter="\t",
    ),
    read(
        "many empty columns",
        "A;;;\n;1;;\n;;2;\n",
        [["A", "", "", ""], ["", "1", "", ""], ["", "", "2", ""]],
    ),
    # --- whole files: Excel's own line
    read("sep=;", "sep=;\nA;B\n1,5;2\n", [["sep=;"], ["A", "B"], ["1,5", "2"]]),
    read(
        "sep=,", "sep=,\r\nA,B\r\n1;5,2\r\n", [["sep=,"], ["A", "B"], ["1;5", "2"]], delimiter=","
    ),
    read("sep=tab", "sep=\t\nA\tB\n1\t2\n", [["sep=\t"], ["A", "B"], ["1", "2"]], delimiter="\t"),
    read("sep= of nothing", "sep=\nA;B\n1;2\n", [["sep="], ["A", "B"], ["1", "2"]]),
    read("quoted sep", '"sep=;"\nA;B\n1;2\n', [['"sep=;"'], ["A", "B"], ["1", "2"]]),
    read(
        "sep with mark",
        "\ufeffsep=;\r\nA;B\r\n1;2\r\n",
        [["sep=;"], ["A", "B"], ["1", "2"]],
        encoding="utf-8-sig",
        codec="utf-8",
    ),
    # --- whole files: quotation and escape
    read("all quoted", '"A";"B"\n"1";"x"\n', [["A", "B"], ["1", "x"]]),
    read("separator in quotes", 'A;B\n"1;2";3\n4;5\n', [["A", "B"], ["1;2", "3"], ["4", "5"]]),
    read(
        "newline in quotes",
        'A;B\n"due\nrighe";3\n4;5\n',
        [["A", "B"], ["due\nrighe", "3"], ["4", "5"]],
    ),
    read("CRLF in quotes", 'A;B\r\n"a\r\nb";3\r\n', [["A", "B"], ["a\r\nb", "3"]]),
    read("blank line in quotes", 'A;B\n"a\n\nb";3\n', [["A", "B"], ["a\n\nb", "3"]]),
    read("doubled quotes", 'A;B\n"un ""sì""";3\n', [["A", "B"], ['un "sì"', "3"]]),
    read("only quotes in a cell", 'A;B\n"""";3\n"""""";4\n', [["A", "B"], ['"', "3"], ['""', "4"]]),
    read("empty quotes", 'A;B\n"";3\n', [["A", "B"], ["", "3"]]),
    read(
        "quote inside a cell",
        'A;B\nmonitor 24";3\n5" x;4\n',
        [["A", "B"], ['monitor 24"', "3"], ['5" x', "4"]],
    ),
    read("quoted heading with newline", '"A\n(ore)";B\n1;2\n', [["A\n(ore)", "B"], ["1", "2"]]),
    read("quoted last cell without newline", 'A;B\n1;"x;y"', [["A", "B"], ["1", "x;y"]]),
    read(
        "single quotes",
        "'A';'B'\n'1;2';'x'\n'3';'y'\n",
        [["A", "B"], ["1;2", "x"], ["3", "y"]],
    ),
    read(
        "single quotes doubled",
        "'A','B'\n'dell''arte','x, y'\n'3','z'\n",
        [["A", "B"], ["dell'arte", "x, y"], ["3", "z"]],
        delimiter=",",
    ),
    read(
        "apostrophes are no quotes",
        "Nome;Città\nL'Aquila;dell'arte\n'Ndrangheta;'900\nD'Angelo;l'ora\n",
        [
            ["Nome", "Città"],
            ["L'Aquila", "dell'arte"],
            ["'Ndrangheta", "'900"],
            ["D'Angelo", "l'ora"],
        ],
    ),
    read(
        "backslash escape in quotes",
        'A;B\n"un \\"sì\\" detto";3\n"x";4\n',
        [["A", "B"], ['un "sì" detto', "3"], ["x", "4"]],
    ),
    read(
        "backslash before separators",
        "A;B\nx\\;y;3\nz;4\n",
        [["A", "B"], ["x;y", "3"], ["z", "4"]],
    ),
    read(
        "backslashes of paths",
        "A;B\nC:\\temp\\x;3\nD:\\;4\n",
        [["A", "B"], ["C:\\temp\\x", "3"], ["D:\\", "4"]],
    ),
    read(
        "both escapes",
        'A;B\n"a \\"b\\" c";1\n"a ""b"" c";2\n',
        [["A", "B"], ['a "b" c', "1"], ['a "b" c', "2"]],
    ),
    # --- whole files: cells as they stand
    read(
        "nothing is trimmed or understood",
        "A;B;C\n007; x ;NA\nNone;1e5;020030\nnull;N/A;-\n",
        [["A", "B", "C"], ["007", " x ", "NA"], ["None", "1e5", "020030"], ["null", "N/A", "-"]],
    ),
    read("no-break spaces and wide letters", "A;B\n\xa0x;Ｙ\n", [["A", "B"], ["\xa0x", "Ｙ"]]),
    read(
        "line separators that end nothing",
        "A;B\na\u2028b;c\x0bd\ne\x85f;g\n",
        [["A", "B"], ["a\u2028b", "c\x0bd"], ["e\x85f", "g"]],
    ),
    read(
        "emoji and other scripts",
        "A;B\n👍;Здравствуй\n你好;مرحبا\n",
        [["A", "B"], ["👍", "Здравствуй"], ["你好", "مرحبا"]],
    ),
    read("decomposed accents", "A;B\ncitta\u0300;1\n", [["A", "B"], ["citta\u0300", "1"]]),
    # --- whole files: headings, preambles, several tables
    read("heading only", "A;B;C\n", [["A", "B", "C"]]),
    read("heading only, no newline", "A,B,C", [["A", "B", "C"]], delimiter=","),
    read("one data row", "A;B\n1;2\n", [["A", "B"], ["1", "2"]]),
    read("no heading", "1;Ada\n2;Bea\n3;Cleo\n", [["1", "Ada"], ["2", "Bea"], ["3", "Cleo"]]),
    read(
        "title above",
        "Registro presenze 2022\n\nA;B;C\n1;2;3\n4;5;6\n",
        [["Registro presenze 2022"], [], ["A", "B", "C"], ["1", "2", "3"], ["4", "5", "6"]],
    ),
    read(
        "title with commas above",
        "Registro, anno 2022, primo trimestre\nA;B\n1;2\n4;5\n",
        [["Registro, anno 2022, primo trimestre"], ["A", "B"], ["1", "2"], ["4", "5"]],
    ),
    read(
        "title filled up with separators",
        "Registro;;\nA;B;C\n1;2;3\n",
        [["Registro", "", ""], ["A", "B", "C"], ["1", "2", "3"]],
    ),
    read(
        "heading of two rows",
        "Chi;;Quando;\nCodice;Nome;Giorno;Ore\n1;Ada;3;2\n",
        [["Chi", "", "Quando", ""], ["Codice", "Nome", "Giorno", "Ore"], ["1", "Ada", "3", "2"]],
    ),
    read(
        "total and footnote below",
        "A;B;C\n1;2;3\n4;5;6\nTotale;7\n\nNota: dati provvisori, da rivedere\n",
        [
            ["A", "B", "C"],
            ["1", "2", "3"],
            ["4", "5", "6"],
            ["Totale", "7"],
            [],
            ["Nota: dati provvisori, da rivedere"],
        ],
    ),
    read(
        "second table of another width",
        "A;B;C\n1;2;3\n4;5;6\n\nD;E\n7;8\n9;10\n",
        [
            ["A", "B", "C"],
            ["1", "2", "3"],
            ["4", "5", "6"],
            [],
            ["D", "E"],
            ["7", "8"],
            ["9", "10"],
        ],
    ),
    read(
        "comment lines above",
        "# esportato il 3, alle 9\n# a; b\nA;B;C\n1;2;3\n4;5;6\n7;8;9\n",
        [
            ["# esportato il 3, alle 9"],
            ["# a", " b"],
            ["A", "B", "C"],
            ["1", "2", "3"],
            ["4", "5", "6"],
            ["7", "8", "9"],
        ],
    ),
    # --- whole files: one column
    read("one column", "Nome\nAda\nBea\n", [["Nome"], ["Ada"], ["Bea"]], delimiter=""),
    read(
        "one column of decimals",
        "Valore\n1,5\n2,5\n3,25\n",
        [["Valore"], ["1,5"], ["2,5"], ["3,25"]],
        delimiter="",
    ),
    read(
        "one column in quotes",
        'Note\n"a; b"\n"c"\n"due\nrighe"\n',
        [["Note"], ["a; b"], ["c"], ["due\nrighe"]],
        delimiter="",
    ),
    read(
        "one column of sentences",
        "Commento\nbello\ntutto bene davvero\nforse\nda rifare\n",
        [["Commento"], ["bello"], ["tutto bene davvero"], ["forse"], ["da rifare"]],
        delimiter="",
    ),
    read("one cell", "Nome", [["Nome"]], delimiter=""),
    # --- rows: too short, too long, another separator, another record end
    read(
        "a short row",
        "A;B;C\n1;2;3\n4;5\n6;7;8\n",
        [["A", "B", "C"], ["1", "2", "3"], ["4", "5"], ["6", "7", "8"]],
    ),
    read(
        "a long row",
        "A;B;C\n1;2;3\n4;5;6;7\n6;7;8\n",
        [["A", "B", "C"], ["1", "2", "3"], ["4", "5", "6", "7"], ["6", "7", "8"]],
    ),
    read(
        "a row hanging over",
        "A;B;C\n1;2;3;;\n4;5;6\n",
        [["A", "B", "C"], ["1", "2", "3", "", ""], ["4", "5", "6"]],
    ),
    read(
        "a row ended by CR",
        "A;B\n1;2\r3;4\n5;6\n",
        [["A", "B"], ["1", "2"], ["3", "4"], ["5", "6"]],
    ),
    read(
        "a row cut in two",
        "A;B;C\n1;2;3\n4;5\n;6\n7;8;9\n",
        [["A", "B", "C"], ["1", "2", "3"], ["4", "5"], ["", "6"], ["7", "8", "9"]],
    ),
    read(
        "heading repeated", "A;B\n1;2\nA;B\n3;4\n", [["A", "B"], ["1", "2"], ["A", "B"], ["3", "4"]]
    ),
    read(
        "heading narrower than the data",
        "A;B\n1;2;x\n3;4;y\n5;6;z\n",
        [["A", "B"], ["1", "2", "x"], ["3", "4", "y"], ["5", "6", "z"]],
    ),
    read("Portuguese capitals", "A;B\nSÃO PAULO;IRMÃ\n", [["A", "B"], ["SÃO PAULO", "IRMÃ"]]),
    read(
        "Vietnamese", "A;B\nNguyễn Văn Ânh;Đà Nẵng\n", [["A", "B"], ["Nguyễn Văn Ânh", "Đà Nẵng"]]
    ),
    # --- encodings
    read(
        "two marks",
        "\ufeff\ufeffA;B\n1;2\n",
        [["A", "B"], ["1", "2"]],
        encoding="utf-8-sig",
        codec="utf-8",
    ),
    read("UTF-8 with mark", "Età;Sì\n7;è\n", [["Età", "Sì"], ["7", "è"]], encoding="utf-8-sig"),
    read("UTF-8", "Età;Sì\n7;è\n", [["Età", "Sì"], ["7", "è"]]),
    read(
        "UTF-16 LE with mark",
        "Età;Sì\n7;è\n",
        [["Età", "Sì"], ["7", "è"]],
        encoding="utf-16-le",
        before=b"\xff\xfe",
    ),
    read(
        "UTF-16 BE with mark",
        "Età;Sì\n7;è\n",
        [["Età", "Sì"], ["7", "è"]],
        encoding="utf-16-be",
        before=b"\xfe\xff",
    ),
    read("UTF-16 LE", "Età;Sì\n7;è\n", [["Età", "Sì"], ["7", "è"]], encoding="utf-16-le"),
    read("UTF-16 BE", "Età;Sì\n7;è\n", [["Età", "Sì"], ["7", "è"]], encoding="utf-16-be"),
    read(
        "UTF-16 of Excel, tabs",
        "Età\tNome\r\n7\tNiccolò\r\n",
        [["Età", "Nome"], ["7", "Niccolò"]],
        encoding="utf-16-le",
        before=b"\xff\xfe",
        delimiter="\t",
    ),
    read(
        "UTF-32 LE with mark",
        "Età;Sì\n7;è\n",
        [["Età", "Sì"], ["7", "è"]],
        encoding="utf-32-le",
        before=b"\xff\xfe\0\0",
    ),
    read("UTF-32 BE", "Età;Sì\n7;è\n", [["Età", "Sì"], ["7", "è"]], encoding="utf-32-be"),
    read(
        "cp1252",
        "Età;Sì\n7;Niccolò è già più là\n",
        [["Età", "Sì"], ["7", "Niccolò è già più là"]],
        encoding="cp1252",
    ),
    read(
        "cp1252 with typographic marks",
        "Età;Note\n7;l’ora “giusta” – 100 €\n",
        [["Età", "Note"], ["7", "l’ora “giusta” – 100 €"]],
        encoding="cp1252",
    ),
    read(
        "cp1252 capitals",
        "CITTÀ;ATTIVITÀ\nFORLÌ;PIÙ\n",
        [["CITTÀ", "ATTIVITÀ"], ["FORLÌ", "PIÙ"]],
        encoding="cp1252",
    ),
    read(
        "latin-1 is cp1252",
        "Città;b\nForlì;1\n",
        [["Città", "b"], ["Forlì", "1"]],
        encoding="cp1252",
        codec="latin-1",
    ),
    read(
        "Mac",
        "Città;b\nForlì;perché\n",
        [["Città", "b"], ["Forlì", "perché"]],
        encoding="mac-roman",
    ),
    read(
        "DOS",
        "Città;b\nForlì;perché\nCantù;però\n",
        [["Città", "b"], ["Forlì", "perché"], ["Cantù", "però"]],
        encoding="cp850",
    ),
]

REFUSED = [
    refuse("empty", b"", "file.empty"),
    refuse("mark only", b"\xef\xbb\xbf", "file.empty"),
    refuse("blank lines only", b"\n\r\n \n\t\n", "file.empty"),
    refuse("UTF-16 mark only", b"\xff\xfe", "file.empty"),
    # quotation
    refuse(
        "quote never closed", 'A;B\n1;2\n3;"aperta\n4;5\n6;7\n', "file.quotes", row=3, column="B"
    ),
    refuse("quote open at the end", 'A;B\n1;"x', "file.quotes", row=2, column="B"),
    refuse("text after a closing quote", 'A;B\n1;"x"y\n2;3\n', "file.quotes", row=2, column="B"),
    refuse(
        "extra quote before a quoted cell", 'A;B\n1;""x"\n2;"y"\n', "file.quotes", row=2, column="B"
    ),
    refuse(
        "extra quote after a quoted cell",
        'A;B\n1;2\n"x"";3\n4;5\n',
        "file.quotes",
        row=3,
        column="A",
    ),
    refuse("quotes not doubled", 'A;B\n1;"un "sì" detto"\n', "file.quotes", row=2, column="B"),
    refuse("quote that opens nowhere", 'A;B\n"x";1\ny";2\n', "file.quotes", row=3, column="A"),
    refuse("space after a closing quote", 'A;B\n"1" ;2\n3;4\n', "file.quotes", row=2, column="A"),
    refuse(
        "space before an opening quote",
        'A,B\n1,2\n3, "x, y"\n5,6\n7,8\n',
        "file.quotes",
        row=3,
        column="B",
    ),
    refuse(
        "quote that swallows rows",
        'A;B;C\n1;"x;2\n3;y;4\n5;y;6\n7;y;8\n9;z";10\n11;w;12\n13;w;14\n',
        "file.quotes",
        row=2,
        column="B",
    ),
    refuse(
        "backslash before other letters", 'A;B\n"a \\"b\\"";1\n"C:\\new";2\n', "file.escape", row=3
    ),
    refuse("backslash N for null", 'A;B\n"a \\"b\\"";1\n\\N;2\n', "file.escape", row=3),
    # separators
    refuse("two separators", "A;B,C\n1;2,3\n4;5,6\n", "file.dialect"),
    refuse("two separators in the heading only", "A,B;C\n", "file.dialect"),
    refuse("decimals or two columns", "1,5\n2,5\n3,7\n", "file.dialect"),
    refuse("names or two columns", "Nome Cognome\nMario Rossi\nAnna Verdi\n", "file.dialect"),
    refuse(
        "decimal commas between commas",
        "Ore,Costo\n1,5,20,5\n2,5,30,5\n",
        "file.decimal_comma",
        row=2,
    ),
    refuse("each line in quotes", '"A;B;C"\n"1;2;3"\n"4;5;6"\n', "file.dialect"),
    refuse("drawn table", "Titolo\n| A | B |\n|---|---|\n| 1 | 2 |\n", "file.fixed_width", row=3),
    refuse(
        "two separators in every row",
        "Nome,Cognome;Età\nAda,Rossi;3\nBea,Verdi;4\n",
        "file.dialect",
    ),
    refuse(
        "decimal comma in some rows",
        "Mese,Ore,Note\nGen,1,5,x\nFeb,2,y\nMar,3,5,z\n",
        "file.decimal_comma",
        row=2,
    ),
    refuse("separators only", ";;\n;;\n", "file.empty"),
    refuse(
        "columns lined up with spaces",
        "Nome      Ore\nAda        1\nBea Maria  2\nCleo      12\n",
        "file.fixed_width",
        row=1,
    ),
    refuse("a row in commas", "A;B;C\n1;2;3\n4,5,6\n6;7;8\n", "file.row_delimiter", row=3),
    refuse("a row in tabs", "A;B\n1;2\n4\t5\n6;7\n", "file.row_delimiter", row=3),
    refuse("heading in commas", "A,B,C\n1;2;3\n4;5;6\n6;7;8\n", "file.row_delimiter", row=1),
    refuse("a row in apostrophes", "A;B\n\"1\";2\n'3';'x'\n6;7\n", "file.quotes", row=3),
    refuse(
        "last row in other separators",
        "A,B,C\n1,2,3\n4,5,6\n6;7,5;8\n",
        "file.row_delimiter",
        row=4,
    ),
    # encodings
    refuse(
        "UTF-8 with a row of cp1252",
        "Città;b\nForlì;1\n".encode() + "Cantù;2\n".encode("cp1252"),
        "file.encoding_mixed",
        row=3,
    ),
    refuse(
        "cp1252 with a row of UTF-8",
        "Citta;b\nForlì;1\n".encode("cp1252") + "Cantù;2\n".encode(),
        "file.encoding_mixed",
        row=2,
    ),
    refuse("UTF-8 cut in a letter", "Città;b\nForlì".encode()[:-1], "file.encoding_mixed", row=2),
    refuse("converted twice", "A;B\n1;x\n2;perchÃ©\n", "file.encoding_doubled", row=3),
    refuse("converted twice, apostrophes", "A;B\n1;lâ€™ora\n", "file.encoding_doubled", row=2),
    refuse(
        "converted twice, space for a letter",
        "A;B\n1;CittÃ  di Mantova\n",
        "file.encoding_doubled",
        row=2,
    ),
    refuse(
        "ASCII below UTF-16", "A;B\n1;è\n".encode("utf-16") + b"3;4\n", "file.encoding_mixed", row=3
    ),
    refuse(
        "euro of latin-9", "Costo;B\n10 €;è\n".encode("iso8859-15"), "file.encoding_unknown", row=2
    ),
    refuse(
        "Polish in cp1250",
        "Imię;Miasto\nŁukasz;Łódź\nŻaneta;Gdańsk\n".encode("cp1250"),
        "file.encoding_unknown",
        row=1,
    ),
    refuse(
        "Japanese", "名前;都市\n太郎;東京\n".encode("shift_jis"), "file.encoding_unknown", row=1
    ),
    refuse("letter lost before", "A;B\n1;x\n2;citt\ufffd\n", "file.encoding_damaged", row=3),
    refuse("null byte", b"A;B\n1;x\n2;y\0\n3;z\n4;w\n", "file.nul", row=3),
    refuse("null bytes beside accents", b"A;B\n1;x\n2;y\0\xe8\n", "file.nul", row=3),
    refuse(
        "Cyrillic in cp1251",
        "Имя;Город\nАнна;Москва\n".encode("cp1251"),
        "file.encoding_unknown",
        row=1,
    ),
    refuse("letter or dots", b"A;B\n1;x\n2;citt\x85\n", "file.encoding_unknown", row=3),
    refuse("undefined bytes", b"A;B\n1;x\n2;\x81\x9d\x81\n", "file.encoding_unknown", row=3),
    refuse(
        "UTF-16 cut in half a letter", "A;B\n1;2\n".encode("utf-16-le")[:-1], "file.encoding", row=2
    ),
    # other files under the name of a csv
    refuse("zip", b"PK\x03\x04" + b"\0" * 40, "file.other_kind", format="zip"),
    refuse(
        "workbook",
        b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml",
        "file.other_kind",
        format="xlsx",
    ),
    refuse(
        "old workbook",
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
        "file.other_kind",
        format="xls",
    ),
    refuse("pdf", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "file.other_kind", format="pdf"),
    refuse(
        "web page",
        "<!DOCTYPE html>\n<html><body><table><tr><td>1</td></tr></table></body></html>",
        "file.other_kind",
        format="html",
    ),
    refuse(
        "table of a web page",
        "<table>\n<tr><td>A</td></tr>\n</table>",
        "file.other_kind",
        format="html",
    ),
    refuse(
        "web page in UTF-16",
        "<html>\n<body></body></html>".encode("utf-16"),
        "file.other_kind",
        format="html",
    ),
    refuse(
        "xml", '<?xml version="1.0"?>\n<rows><row a="1"/></rows>', "file.other_kind", format="xml"
    ),
    refuse("json", '[{"a": 1, "b": 2}, {"a": 3, "b": 4}]', "file.other_kind", format="json"),
    refuse("json lines", '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', "file.other_kind", format="json"),
    refuse("rich text", b"{\\rtf1\\ansi A;B\\par 1;2}", "file.other_kind", format="rtf"),
    refuse("gzip", b"\x1f\x8b\x08\0\0\0\0\0", "file.other_kind", format="gzip"),
]

CASES = [*FILES, *REFUSED]

"""The pages and the book as Dagster assets: each is files, described by counts."""

import dagster as dg

from assets.guard import guarded
from assets.outputs import anonymity, codebook, dashboard, index, sheet, thesis
from assets.outputs.jobs import manifest, names
from assets.store import ProgrammeFolder

#: The only partitions of the house: one page a quarter.
QUARTERS = dg.DynamicPartitionsDefinition(name="quarter")


@dg.asset(
    group_name="outputs",
    kinds={"html", "pdf"},
    deps=["release_publication"],
    partitions_def=QUARTERS,
)
@guarded
def outputs_dashboard(
    context: dg.AssetExecutionContext, folder: ProgrammeFolder
) -> dg.MaterializeResult:
    """One partition is the funder's page of one quarter in each language; with it, the whole's."""
    quarters = [context.partition_key, dashboard.WHOLE]
    made = dashboard.render_dashboards(folder.layout, quarters)
    index.write_index(folder.layout)
    return _result(names(made))


@dg.asset(group_name="outputs", kinds={"html", "pdf", "docx"}, deps=["release_publication"])
@guarded
def outputs_thesis(folder: ProgrammeFolder) -> dg.MaterializeResult:
    """One file is the thesis in one format: HTML, PDF or Word."""
    # What a person wrote may stop it, and nothing else: the list of pages does not wait for it.
    try:
        return _result(names(thesis.bring_up(folder.layout, folder.insist_on_texts)))
    finally:
        index.write_index(folder.layout)


@dg.asset(group_name="outputs", kinds={"html"}, deps=["release_publication"])
@guarded
def outputs_anonymity(folder: ProgrammeFolder) -> dg.MaterializeResult:
    """One file is the page about the release's anonymity, in Italian or English."""
    return _result(names(anonymity.render_anonymity(folder.layout)))


@dg.asset(group_name="outputs", kinds={"html"}, deps=["release_publication"])
@guarded
def outputs_codebook(folder: ProgrammeFolder) -> dg.MaterializeResult:
    """One file is the page of what every column, indicator and table means, in one language."""
    return _result(names(codebook.render_codebook(folder.layout)))


@dg.asset(group_name="outputs", kinds={"html", "pdf"}, deps=["release_publication"])
@guarded
def outputs_sheet(folder: ProgrammeFolder) -> dg.MaterializeResult:
    """One file is the sheet for the neighbourhood in one language, as a page or as a PDF."""
    return _result(names(sheet.bring_up(folder.layout)))


@dg.asset(
    group_name="outputs",
    kinds={"html"},
    deps=[
        "release_publication",
        outputs_anonymity,
        outputs_sheet,
        outputs_codebook,
    ],
)
@guarded
def outputs_index(folder: ProgrammeFolder) -> dg.MaterializeResult:
    """One page that links every page and book made for the programme."""
    return _result(names([index.write_index(folder.layout)]))


def _result(files: list[str]) -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"dagster/row_count": len(files), "files": files})


@dg.asset_check(
    asset=outputs_index,
    description="Does the list of pages stand beside a release that says what it was made from?",
)
@guarded
def index_is_of_a_release(folder: ProgrammeFolder) -> dg.AssetCheckResult:
    """Look at the manifest's versions and at the page."""
    about = manifest(folder.layout)
    is_there = (folder.layout.reports_output / index.NAME).is_file()
    return dg.AssetCheckResult(
        passed=is_there and bool(about.get("code_version")),
        metadata={"quarters": len(about["quarters"])},
    )

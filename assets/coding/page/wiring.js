// Which hand does what.
function wire() {
  for (const lang of ["it", "en"]) $(`lang-${lang}`).addEventListener("click", () => { state.lang = lang; translate(); });
  $("file").addEventListener("change", () => { if ($("file").files[0]) takeFile($("file").files[0]); });
  $("sheet").addEventListener("change", () => takeFile(state.file, $("sheet").value));
  $("header").addEventListener("change", changeHeader);
  const drop = $("drop");
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => event.preventDefault());
    drop.addEventListener(name, () => drop.classList.toggle("over", name === "dragover"));
  }
  drop.addEventListener("drop", (event) => { if (event.dataTransfer.files[0]) takeFile(event.dataTransfer.files[0]); });
  for (const id of ["how-phrase", "how-file"]) $(id).addEventListener("change", showKeyFields);
  $("show").addEventListener("change", () => { for (const id of ["phrase", "phrase-again"]) $(id).type = $("show").checked ? "text" : "password"; });
  for (const id of ["phrase", "phrase-again", "expected", "keyfile", "programme", "on", "register", "how-phrase", "how-file"]) {
    $(id).addEventListener("input", () => { clearResult(); tell("key-said", "", null); });
  }
  $("keycheck").addEventListener("click", () => busy("key-said", checkKey));
  $("newkey").addEventListener("click", () => busy("key-said", makeKey));
  $("go").addEventListener("click", () => busy("result", makeFile));
}

function showKeyFields() {
  $("phrase-field").hidden = $("how-file").checked;
  $("keyfile-field").hidden = !$("how-file").checked;
}

function changeHeader() {
  const row = Number($("header").value) - 1;
  clearResult();
  if (!Number.isInteger(row) || row < 0 || row >= state.grid.rows.length) {
    tellBad("file-said", new FileProblem("header"));
    return;
  }
  state.header = row;
  proposeAll();
  showColumns();
}

state.lang = (navigator.language || "it").toLowerCase().startsWith("en") ? "en" : "it";
wire();
translate();

// Runs the extension beside a stand-in for the editor's interface and the real `prisml`: PRISML=PATH node --test test
const test = require('node:test')
const assert = require('node:assert')
const Module = require('node:module')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const program = process.env.PRISML || 'prisml'
const extension = path.join(__dirname, '..')

/** The parts of the editor's interface that the extension uses. */
function editor(settings) {
  const handlers = {}
  const on = (name) => (handler) => {
    handlers[name] = handler
    return { dispose() {} }
  }
  const state = { diagnostics: new Map(), warnings: [], handlers, formatter: null }
  class Range {
    constructor(...parts) { this.parts = parts.map((part) => (typeof part === 'number' ? part : part.offset)) }
  }
  class Diagnostic {
    constructor(range, message, severity) { Object.assign(this, { range, message, severity }) }
  }
  state.module = {
    Range, Diagnostic,
    DiagnosticSeverity: { Error: 0, Warning: 1 },
    TextEdit: { replace: (range, text) => ({ range, text }) },
    languages: {
      createDiagnosticCollection: () => ({
        set: (uri, list) => state.diagnostics.set(uri.toString(), list),
        delete: (uri) => state.diagnostics.delete(uri.toString()),
        dispose() {}
      }),
      registerDocumentFormattingEditProvider: (_, provider) => { state.formatter = provider; return { dispose() {} } }
    },
    workspace: {
      textDocuments: [],
      getWorkspaceFolder: () => undefined,
      getConfiguration: () => ({ get: () => settings.program }),
      onDidOpenTextDocument: on('open'), onDidChangeTextDocument: on('change'), onDidSaveTextDocument: on('save'),
      onDidCloseTextDocument: on('close')
    },
    window: { showWarningMessage: (text) => state.warnings.push(text) },
    commands: { registerCommand: () => ({ dispose() {} }) }
  }
  return state
}

function document(text, file) {
  const lines = text.split('\n')
  return {
    languageId: 'prisma', version: 1, isClosed: false, isDirty: !file, lineCount: lines.length,
    uri: { scheme: file ? 'file' : 'untitled', fsPath: file || '', toString: () => file || 'untitled:1' },
    getText: () => text,
    lineAt: (line) => ({ text: lines[line] }),
    positionAt: (offset) => ({ offset })
  }
}

async function activated(documents, settings = { program }) {
  const state = editor(settings)
  state.module.workspace.textDocuments = documents
  const load = Module._load
  Module._load = (name, ...rest) => (name === 'vscode' ? state.module : load(name, ...rest))
  const file = path.join(extension, 'extension.js')
  delete require.cache[file]
  try {
    await require(file).activate({ subscriptions: [] })
  } finally {
    Module._load = load
  }
  return state
}

const good = 'datasource db {\n  provider = "sqlite"\n  url      = "file:a.db"\n}\n\nmodel A {\n  id Int @id\n}\n'

test('a problem is shown where it is, in the units of the editor', async () => {
  const text = good.replace('id Int @id', 'id Int @id @default("😀") @nonsense')
  const state = await activated([document(text)])
  const list = state.diagnostics.get('untitled:1')
  const unknown = list.find(({ message }) => message.includes('nonsense'))
  const column = text.split('\n')[6].indexOf('@nonsense')
  assert.ok(unknown, JSON.stringify(list))
  assert.strictEqual(unknown.range.parts[0], 6)
  assert.ok(Math.abs(unknown.range.parts[1] - column) <= 1, `${unknown.range.parts} beside ${column}`)
  assert.strictEqual(unknown.source, 'prisml')
})

test('a good schema has no problems', async () => {
  const state = await activated([document(good)])
  assert.deepStrictEqual(state.diagnostics.get('untitled:1'), [])
  assert.deepStrictEqual(state.warnings, [])
})

test('the layout comes from prisml, and a schema that cannot be read stays as it is', async () => {
  const state = await activated([])
  const [edit] = await state.formatter.provideDocumentFormattingEdits(document(good.replace('  id', 'id')))
  assert.strictEqual(edit.text, good)
  assert.deepStrictEqual(await state.formatter.provideDocumentFormattingEdits(document(edit.text)), [])
  assert.deepStrictEqual(await state.formatter.provideDocumentFormattingEdits(document('model {')), [])
  assert.strictEqual(state.warnings.length, 1)
})

test('a schema of several files is checked as a whole', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prisml-editor-'))
  try {
    const [one, two] = ['one.prisma', 'two.prisma'].map((name) => path.join(folder, name))
    const [first, second] = [good + '\nmodel C {\n  id Int @id\n  b  B[]\n}\n', 'model B {\n  id  Int @id\n  cId Int\n  c   C   @relation(fields: [cId], references: [id])\n}\n']
    fs.writeFileSync(one, first)
    fs.writeFileSync(two, second)
    const state = await activated([document(first, one), document(second, two)])
    assert.deepStrictEqual(state.diagnostics.get(one), [])
    assert.deepStrictEqual(state.diagnostics.get(two), [])
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
})

test('a missing command is said once', async () => {
  const state = await activated([document(good), document(good)], { program: path.join(extension, 'no-such-prisml') })
  assert.strictEqual(state.warnings.length, 1)
  assert.match(state.warnings[0], /set prisml\.path/)
})

test('the grammar is well-formed: its names are there, its expressions compile', () => {
  const grammar = JSON.parse(fs.readFileSync(path.join(extension, 'syntaxes/prisma.tmLanguage.json'), 'utf8'))
  const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'))
  assert.strictEqual(manifest.contributes.grammars[0].scopeName, grammar.scopeName)
  let expressions = 0
  const visit = (rule) => {
    for (const key of ['match', 'begin', 'end']) {
      if (rule[key] !== undefined) {
        new RegExp(rule[key])
        expressions += 1
      }
    }
    if (rule.include) assert.ok(grammar.repository[rule.include.slice(1)], rule.include)
    for (const inner of rule.patterns || []) visit(inner)
  }
  visit(grammar)
  Object.values(grammar.repository).forEach(visit)
  assert.ok(expressions > 15)
})

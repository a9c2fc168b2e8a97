// Diagnostics and formatting of schema.prisma: the editor's text goes to `prisml` on standard input, its answer comes back.
const vscode = require('vscode')
const { execFile } = require('child_process')
const fs = require('fs')
const path = require('path')

const pause = 250 // milliseconds without a key before a schema is checked

/** Runs prisml with the editor's text on standard input. `failure` is what kept it from answering. */
function prisml(document, words) {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri)
  const options = {
    cwd: folder ? folder.uri.fsPath : document.uri.scheme === 'file' ? path.dirname(document.uri.fsPath) : undefined,
    maxBuffer: 64 << 20,
    timeout: 10_000
  }
  const program = vscode.workspace.getConfiguration('prisml', document.uri).get('path')
  return new Promise((resolve) => {
    const child = execFile(program, words, options, (error, output, messages) => {
      const code = error ? error.code : 0
      if (typeof code === 'number') resolve({ code, output, messages })
      else resolve({ failure: code === 'ENOENT' ? `there is no command '${program}'; set prisml.path` : error.message })
    })
    child.stdin.on('error', () => {}) // a program that ends before it has read all says why itself
    child.stdin.end(document.getText())
  })
}

/** prisml counts characters (Unicode scalars) from 1, the editor UTF-16 units from 0. */
function range(document, problem) {
  const line = Math.min(problem.line - 1, document.lineCount - 1)
  const scalars = [...document.lineAt(line).text]
  const units = (count) => scalars.slice(0, count).join('').length
  const start = problem.column - 1
  return new vscode.Range(line, units(start), line, units(start + Math.max(problem.length, 1)))
}

/** The folder of a schema of several files, which is checked as a whole, as saved; null for one that is a file. */
async function folderOfSeveral(document) {
  if (document.uri.scheme !== 'file') return null
  const folder = path.dirname(document.uri.fsPath)
  const names = await fs.promises.readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.prisma')).length > 1 ? folder : null
}

function diagnostics(document, problems) {
  return problems.map((problem) => {
    const text = problem.help ? `${problem.message}\n${problem.help}` : problem.message
    const severity = problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning
    const diagnostic = new vscode.Diagnostic(range(document, problem), text, severity)
    diagnostic.source = 'prisml'
    diagnostic.code = problem.rule
    return diagnostic
  })
}

function activate(context) {
  const collection = vscode.languages.createDiagnosticCollection('prisml')
  const waiting = new Map()
  let complained = false

  async function check(document) {
    if (document.languageId !== 'prisma') return
    const version = document.version
    const folder = await folderOfSeveral(document)
    if (folder && document.isDirty) return // checked when it is saved
    const { failure, output, messages } = await prisml(document, ['validate', '--json', folder || '-'])
    if (document.isClosed || document.version !== version) return // a later check answers
    let problem = failure
    if (!problem) {
      try {
        const problems = JSON.parse(output)
        const own = folder ? problems.filter(({ path: file }) => path.basename(file) === path.basename(document.uri.fsPath)) : problems
        collection.set(document.uri, diagnostics(document, own))
        complained = false
        return
      } catch {
        problem = (messages || output || 'it printed nothing').trim()
      }
    }
    collection.delete(document.uri)
    if (!complained) vscode.window.showWarningMessage(`PrisML cannot check schemas: ${problem}`)
    complained = true
  }

  function checkSoon(document) {
    if (document.languageId !== 'prisma') return
    const key = document.uri.toString()
    clearTimeout(waiting.get(key))
    waiting.set(key, setTimeout(() => {
      waiting.delete(key)
      check(document)
    }, pause))
  }

  async function format(document) {
    const { failure, code, output, messages } = await prisml(document, ['format', '-'])
    if (failure || code !== 0) {
      vscode.window.showWarningMessage(`PrisML cannot format this schema: ${failure || messages.trim()}`)
      return []
    }
    const text = document.getText()
    return output === text ? [] : [vscode.TextEdit.replace(new vscode.Range(document.positionAt(0), document.positionAt(text.length)), output)]
  }

  context.subscriptions.push(
    collection,
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument((event) => checkSoon(event.document)),
    vscode.workspace.onDidSaveTextDocument(() => vscode.workspace.textDocuments.forEach(checkSoon)), // one file's change breaks another
    vscode.workspace.onDidCloseTextDocument((document) => collection.delete(document.uri)),
    vscode.languages.registerDocumentFormattingEditProvider({ language: 'prisma' }, { provideDocumentFormattingEdits: format }),
    vscode.commands.registerCommand('prisml.validate', () => vscode.window.activeTextEditor && check(vscode.window.activeTextEditor.document)),
    { dispose: () => waiting.forEach(clearTimeout) }
  )
  return Promise.all(vscode.workspace.textDocuments.map(check))
}

module.exports = { activate, deactivate() {} }

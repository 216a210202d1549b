// Starts `trapline lsp` for YAML files: all the rest is the language server's work.
// biome-ignore lint/correctness/noUndeclaredDependencies: the editor itself provides this module.
const { workspace } = require('vscode')
const { LanguageClient } = require('vscode-languageclient/node')

let client

exports.activate = async () => {
  const [command, ...args] = workspace.getConfiguration('trapline').get('command')
  client = new LanguageClient(
    'trapline',
    'Trapline',
    { command, args },
    {
      documentSelector: [
        { scheme: 'file', language: 'yaml' },
        { scheme: 'untitled', language: 'yaml' },
      ],
      synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.{yml,yaml,txt}') },
    },
  )
  await client.start()
}

exports.deactivate = () => client?.stop()

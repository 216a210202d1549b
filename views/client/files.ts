// Files dropped on a page, or chosen: each goes to the server as it is; the server shows how far it is.
import { announce, find, near, on, refresh } from './dom.ts'

const OVER = 'dropping'

function zone(): HTMLElement | undefined {
  return find('[data-drop-zone]')
}

async function sendOne(file: File, address: string, source: string): Promise<void> {
  const headers = JSON.parse(find('#page')?.getAttribute('hx-headers:inherited') ?? '{}')
  const query = new URLSearchParams({ name: file.name, source, bytes: String(file.size) })
  const answer = await fetch(`${address}?${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: file,
  })
  if (answer.ok) return
  throw new Error(`${file.name}: ${(await answer.text()).replace(/<[^>]*>/g, ' ').trim()}`)
}

/** Sends files one after another. */
async function send(files: readonly File[]): Promise<void> {
  const place = zone()
  const address = place?.dataset.upload
  if (!place || address === undefined || files.length === 0) return
  const source = find<HTMLInputElement>('[data-files-source]', place)?.value.trim() ?? ''
  const shown = find('#imports')
  setTimeout(() => shown && refresh(shown), 150)
  for (const file of files) {
    announce(`Sending ${file.name}`)
    await sendOne(file, address, source).catch((error: Error) => announce(error.message))
    const section = find('#imports')
    if (section) refresh(section)
  }
  announce(files.length === 1 ? `${files[0]?.name} sent` : `${files.length} files sent`)
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true && zone() !== undefined
}

export function startFiles(): void {
  on('dragover', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    zone()?.classList.add(OVER)
  })
  on('dragleave', (event) => {
    if (event.relatedTarget === null) zone()?.classList.remove(OVER)
  })
  on('drop', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    zone()?.classList.remove(OVER)
    void send([...(event.dataTransfer?.files ?? [])])
  })
  on('change', (event) => {
    const input = near<HTMLInputElement>(event, 'input[data-files]')
    if (!input) return
    void send([...(input.files ?? [])])
    input.value = ''
  })
}

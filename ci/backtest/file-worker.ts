// A worker of a backtest over files.
import {
  createFileReader,
  type FileReader,
  type FileWork,
  type ReadBatch,
  type ReadRest,
  type Texts,
} from './file-reader.ts'

declare const self: Worker

export type FileWorkerRequest =
  | { readonly work: FileWork }
  | ({ readonly batch: number } & Texts)
  | { readonly rest: true }

export type FileWorkerAnswer =
  | ({ readonly batch: number } & ReadBatch)
  | { readonly rest: ReadRest }

let reader: FileReader | undefined

self.onmessage = ({ data }: MessageEvent<FileWorkerRequest>) => {
  if ('work' in data) reader = createFileReader(data.work)
  else if ('rest' in data) answer({ rest: reader!.rest() })
  else answer({ batch: data.batch, ...reader!.read(data) })
}

function answer(value: FileWorkerAnswer): void {
  self.postMessage(value)
}

// The client code there is: everything else is the server's pages and htmx.
import { startBrush } from './brush.ts'
import { startCopy } from './copy.ts'
import { go, on, shownAddress } from './dom.ts'
import { startFiles } from './files.ts'
import { startFrame, syncFrame } from './frame.ts'
import { startKeys, syncKeys } from './keys.ts'
import { startLive, syncLive } from './live.ts'
import { syncModules } from './modules.ts'
import { startPaint, syncPaint } from './paint.ts'
import { sameList, startRows } from './rows.ts'
import { startValues } from './values.ts'

function sync(): void {
  syncFrame()
  syncKeys()
  syncLive()
  syncPaint()
  syncModules()
}

startFrame()
startFiles()
startRows()
startValues()
startCopy()
startBrush()
startKeys()
startLive()
startPaint()
sync()
on('htmx:after:settle', sync)

// Back and forward morph the page instead of replacing it, so nothing blinks and focus stays.
on('htmx:before:history:restore', (event) => {
  const path = (event as CustomEvent<{ readonly path: string }>).detail.path
  if (event.defaultPrevented || sameList(path, shownAddress())) return
  event.preventDefault()
  void go(path, 'none')
})

import { expect, test } from 'bun:test'
import { parseBlame } from './blame.ts'
import { parseDiff } from './diff.ts'

test('what git prints is read, with names that it quotes', () => {
  const [one, two, three] = parseDiff(
    `diff --git a/detections/a.yml b/detections/a.yml
index 1..2 100644
--- a/detections/a.yml
+++ b/detections/a.yml
@@ -3,3 +3,3 @@ title: A
 same
--- old
+-- new
\\ No newline at end of file
diff --git "a/detections/\\303\\251.yml" "b/detections/\\303\\251.yml"
new file mode 100644
--- /dev/null
+++ "b/detections/\\303\\251.yml"
@@ -0,0 +1 @@
+title: E
diff --git a/x.bin b/x.bin
Binary files a/x.bin and b/x.bin differ
`,
  )
  expect(one).toMatchObject({ path: 'detections/a.yml', added: 1, removed: 1, isBinary: false })
  expect(one!.hunks[0]!.lines).toEqual([
    { kind: 'same', text: 'same', before: 3, after: 3 },
    { kind: 'removed', text: '-- old', before: 4 },
    { kind: 'added', text: '-- new', after: 4 },
  ])
  expect(two).toMatchObject({ path: 'detections/é.yml', added: 1 })
  expect(three).toMatchObject({ isBinary: true, hunks: [] })
})

test('blame is summed up by commit, the newest first', () => {
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]
  const head = (author: string, at: number, summary: string) =>
    `author ${author}\nauthor-mail <x@y>\nauthor-time ${at}\nsummary ${summary}\nfilename r.yml\n`
  const out = `${a} 1 1 1\n${head('Ana', 100, 'first')}\ttitle: x\n${b} 2 2 1\n${head('Ben', 200, 'second')}\tid: y\n${a} 3 3\n\tlevel: z\n`
  expect(parseBlame(out)).toEqual({
    commits: [
      { commit: b, lines: 1, author: 'Ben', at: 200_000, subject: 'second' },
      { commit: a, lines: 2, author: 'Ana', at: 100_000, subject: 'first' },
    ],
    lines: [1, 0, 1],
  })
})

// Names of files made of titles.

const NAME_CHARACTERS_MAX = 80

/** A title as a file's name without its ending: `shells_of_web_servers`. */
export function fileName(title: string, otherwise: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .match(/[a-z0-9]+/g)
  const name = (words ?? []).join('_').slice(0, NAME_CHARACTERS_MAX).replace(/_$/, '')
  return name.length < 3 ? otherwise : name
}

/** The first of `a.yml`, `a_2.yml`, ... that is not taken. */
export async function freePath(
  path: string,
  isTaken: (path: string) => Promise<boolean>,
): Promise<string> {
  const stem = path.replace(/\.yml$/, '')
  let free = path
  for (let n = 2; await isTaken(free); n++) free = `${stem}_${n}.yml`
  return free
}

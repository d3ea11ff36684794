/**
 * Regular expressions come from workloads, and run on log lines and form values in every process we have. A careless one
 * makes a backtracking engine run for years. So patterns are a subset that is read here and matched in linear time.
 */
type Chars = (code: number) => boolean
type Tree =
  | { kind: 'chars'; chars: Chars }
  | { kind: 'assert'; holds: (text: string, at: number) => boolean }
  | { kind: 'sequence'; parts: Tree[] }
  | { kind: 'choice'; options: Tree[] }
  | { kind: 'repeat'; body: Tree; min: number; max: number }

class PatternError extends Error {}
const refuse = (why: string): never => {
  throw new PatternError(why)
}

const MAX_REPEAT = 1000
const MAX_STATES = 2000
const MAX_GROUPS = 20
const MAX_WAYS = 10_000

const isWord: Chars = (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122)
const isDigit: Chars = (c) => c >= 48 && c <= 57
const isSpace: Chars = (c) => /\s/.test(String.fromCharCode(c))
const isLineEnd: Chars = (c) => c === 10 || c === 13 || c === 0x2028 || c === 0x2029
const not =
  (chars: Chars): Chars =>
  (c) =>
    !chars(c)
const classes: Readonly<Record<string, Chars>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
}
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 }

const atWordEdge = (text: string, at: number) =>
  (at > 0 && isWord(text.charCodeAt(at - 1))) !== (at < text.length && isWord(text.charCodeAt(at)))

class Reader {
  private readonly source: string
  private at = 0
  private groups = 0
  constructor(source: string) {
    this.source = source
  }

  read(): Tree {
    const tree = this.choice()
    if (this.at < this.source.length) refuse('has a ) that closes nothing')
    return tree
  }

  private peek(text: string): boolean {
    return this.source.startsWith(text, this.at)
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false
    this.at += text.length
    return true
  }

  private choice(): Tree {
    const options = [this.sequence()]
    while (this.take('|')) options.push(this.sequence())
    return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options }
  }

  private sequence(): Tree {
    const parts: Tree[] = []
    while (this.at < this.source.length && !this.peek('|') && !this.peek(')')) parts.push(this.repeated())
    return { kind: 'sequence', parts }
  }

  private repeated(): Tree {
    const body = this.atom()
    const quantifier = this.quantifier()
    if (!quantifier) return body
    if (body.kind === 'assert') refuse('repeats an anchor')
    this.take('?')
    if (this.quantifier()) refuse('repeats a repetition')
    const { min, max } = quantifier
    if (min > max) refuse('has a repetition whose least count is above its greatest')
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) refuse(`repeats more than ${MAX_REPEAT} times`)
    if (max > 1 && ways(body) > 1 && ways(body) ** max > MAX_WAYS) {
      refuse('repeats a group that holds a repetition or alternatives, which can take for ever on some texts')
    }
    return { kind: 'repeat', body, min, max }
  }

  private quantifier(): { min: number; max: number } | undefined {
    if (this.take('*')) return { min: 0, max: Infinity }
    if (this.take('+')) return { min: 1, max: Infinity }
    if (this.take('?')) return { min: 0, max: 1 }
    const [whole, least = '', comma, most = ''] =
      /^\{(\d+)(,?)(\d*)\}/.exec(this.source.slice(this.at, this.at + 40)) ?? []
    if (whole === undefined || (!comma && most)) return undefined
    this.at += whole.length
    const min = Number(least)
    return { min, max: most ? Number(most) : comma ? Infinity : min }
  }

  private atom(): Tree {
    if (this.take('(')) return this.group()
    if (this.take('[')) return { kind: 'chars', chars: this.set() }
    if (this.take('.')) return { kind: 'chars', chars: not(isLineEnd) }
    if (this.take('^')) return { kind: 'assert', holds: (_, at) => at === 0 }
    if (this.take('$')) return { kind: 'assert', holds: (text, at) => at === text.length }
    if (this.take('\\b')) return { kind: 'assert', holds: atWordEdge }
    if (this.take('\\B')) return { kind: 'assert', holds: (text, at) => !atWordEdge(text, at) }
    if (this.take('\\')) return { kind: 'chars', chars: this.escape() }
    if (/[*+?]/.test(this.source[this.at] ?? '')) refuse('repeats nothing')
    return { kind: 'chars', chars: this.literal() }
  }

  private literal(): Chars {
    const code = this.source.charCodeAt(this.at++)
    return (c) => c === code
  }

  private group(): Tree {
    if (++this.groups > MAX_GROUPS) refuse(`has more than ${MAX_GROUPS} groups`)
    const named = /^\?<[A-Za-z_]\w*>/.exec(this.source.slice(this.at, this.at + 60))?.[0]
    if (named !== undefined) this.at += named.length
    else if (!this.take('?:') && this.peek('?')) refuse('looks ahead or behind, which is not supported')
    const tree = this.choice()
    if (!this.take(')')) refuse('has a ( that is not closed')
    return tree
  }

  /** After a backslash, outside of a set or in one. */
  private escape(): Chars {
    const code = this.escapedCode()
    if (typeof code === 'function') return code
    return (c) => c === code
  }

  private escapedCode(): number | Chars {
    const letter = this.source[this.at++] ?? refuse('ends in a backslash')
    const known = classes[letter] ?? controls[letter]
    if (known !== undefined && !(letter === '0' && isDigit(this.source.charCodeAt(this.at)))) return known
    const digits = letter === 'x' ? 2 : letter === 'u' ? 4 : 0
    const hex = this.source.slice(this.at, this.at + digits)
    if (digits && hex.length === digits && /^[0-9A-Fa-f]+$/.test(hex)) {
      this.at += digits
      return Number.parseInt(hex, 16)
    }
    if (/[1-9k]/.test(letter)) refuse('refers back to a group, which is not supported')
    if (/[A-Za-z0-9]/.test(letter)) refuse(`has \\${letter}, which is not known`)
    return letter.charCodeAt(0)
  }

  private set(): Chars {
    const negated = this.take('^')
    const parts: Chars[] = []
    while (!this.take(']')) {
      if (this.at >= this.source.length) refuse('has a [ that is not closed')
      const from = this.setCode()
      if (typeof from === 'number' && this.peek('-') && !this.source.startsWith('-]', this.at)) {
        this.at++
        const to = this.setCode()
        if (typeof to !== 'number') refuse('has a range that ends in a class')
        else if (to < from) refuse('has a range that runs backwards')
        else parts.push((c) => c >= from && c <= to)
      } else parts.push(typeof from === 'number' ? (c) => c === from : from)
    }
    const any: Chars = (c) => parts.some((part) => part(c))
    return negated ? not(any) : any
  }

  private setCode(): number | Chars {
    if (this.take('\\b')) return 8
    if (this.take('\\-')) return 45
    if (this.take('\\')) return this.escapedCode()
    return this.source.charCodeAt(this.at++)
  }
}

/** In how many ways a piece can match one and the same text at worst; what a backtracking engine would try one by one. */
function ways(tree: Tree): number {
  if (tree.kind === 'sequence') return tree.parts.reduce((product, part) => product * ways(part), 1)
  if (tree.kind === 'choice') return tree.options.reduce((sum, option) => sum + ways(option), 0)
  if (tree.kind === 'repeat') {
    return tree.max === Infinity ? Infinity : ways(tree.body) ** tree.max * (tree.max - tree.min + 1)
  }
  return 1
}

/** A state reads a character, holds an assertion, or splits in two. */
type State = { chars?: Chars; holds?: (text: string, at: number) => boolean; next: number; other?: number }

/** Thompson's construction, from the end backwards: each piece knows the state that follows it. */
function build(tree: Tree): { states: State[]; start: number } {
  const states: State[] = [{ next: -1 }]
  const push = (state: State): number => {
    if (states.length >= MAX_STATES) refuse('is too long once its repetitions are written out')
    return states.push(state) - 1
  }
  const place = (node: Tree, next: number): number => {
    if (node.kind === 'chars') return push({ chars: node.chars, next })
    if (node.kind === 'assert') return push({ holds: node.holds, next })
    if (node.kind === 'sequence') return node.parts.reduceRight((after, part) => place(part, after), next)
    if (node.kind === 'choice') {
      return node.options.map((option) => place(option, next)).reduce((other, start) => push({ next: start, other }))
    }
    let after = next
    if (node.max === Infinity) {
      const loop = push({ next: -1, other: next })
      const body = place(node.body, loop)
      const split = states[loop]
      if (split) split.next = body
      after = loop
    } else {
      for (let i = node.min; i < node.max; i++) after = push({ next: place(node.body, after), other: next })
    }
    for (let i = 0; i < node.min; i++) after = place(node.body, after)
    return after
  }
  return { start: place(tree, 0), states }
}

/** Whether the pattern occurs in the text, as `RegExp.prototype.test` has it. */
export type Matcher = (text: string) => boolean

function simulate(states: State[], start: number): Matcher {
  return (text) => {
    const seen = new Uint32Array(states.length)
    let current: number[] = []
    for (let at = 0; at <= text.length; at++) {
      const mark = at + 1
      const reached: number[] = []
      const stack = [start, ...current].reverse()
      while (stack.length > 0) {
        const index = stack.pop() ?? -1
        const state = states[index]
        if (!state || seen[index] === mark) continue
        seen[index] = mark
        if (index === 0) return true
        if (state.chars) reached.push(index)
        else if (!state.holds || state.holds(text, at)) {
          stack.push(state.next)
          if (state.other !== undefined) stack.push(state.other)
        }
      }
      const code = text.charCodeAt(at)
      current =
        at < text.length ? reached.flatMap((index) => (states[index]?.chars?.(code) ? [states[index].next] : [])) : []
    }
    return false
  }
}

/** Reads a pattern; the problem is a half sentence that goes on from `The pattern`. */
export function readPattern(source: string): { matches: Matcher } | { problem: string } {
  try {
    const { states, start } = build(new Reader(source).read())
    // What we read in our way, an engine that uses it as a RegExp must be able to read too.
    RegExp(source)
    return { matches: simulate(states, start) }
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.message }
    if (error instanceof SyntaxError) return { problem: 'is not a regular expression' }
    throw error
  }
}

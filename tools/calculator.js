export const manifest = { title: 'Calculator', effect: 'none' };

const CONSTANTS = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

// Each with the number of arguments that it takes; without one, any number from 1.
const FUNCTIONS = new Map([
  ['sqrt', { of: Math.sqrt, takes: 1 }],
  ['abs', { of: Math.abs, takes: 1 }],
  ['round', { of: (x) => Math.sign(x) * Math.round(Math.abs(x)), takes: 1 }],
  ['floor', { of: Math.floor, takes: 1 }],
  ['ceil', { of: Math.ceil, takes: 1 }],
  ['min', { of: Math.min }],
  ['max', { of: Math.max }],
  ['log', { of: Math.log10, takes: 1 }],
  ['ln', { of: Math.log, takes: 1 }],
  ['exp', { of: Math.exp, takes: 1 }],
  ['sin', { of: Math.sin, takes: 1 }],
  ['cos', { of: Math.cos, takes: 1 }],
  ['tan', { of: Math.tan, takes: 1 }],
]);

const TOKEN = /\s*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([a-z][a-z0-9_]*)|(\*\*|[-+*\/%^(),]))/iy;

// What nests deeper would end at the sandbox's limit, whose words are for the authors of tools.
const MAX_DEPTH = 100;

const fail = (at, what) => {
  throw new Error(`at character ${at + 1}: ${what}`);
};

const tokens = (text) => {
  const found = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const bad = at + text.slice(at).search(/\S/);
      fail(bad, `"${String.fromCodePoint(text.codePointAt(bad))}" is not part of an expression`);
    }
    const [whole, number, name, sign] = match;
    const word = number ?? name ?? sign;
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
    found.push({ kind, word: word.toLowerCase(), at: at + whole.length - word.length });
    at = TOKEN.lastIndex;
  }
  found.push({ kind: 'end', word: '', at: text.length });
  return found;
};

// One method for each rank of operators, the weakest first.
class Reader {
  constructor(text) {
    this.tokens = tokens(text);
    this.next = 0;
    this.depth = 0;
  }

  get token() {
    return this.tokens[this.next];
  }

  take(...signs) {
    const { kind, word } = this.token;
    if (kind !== 'sign' || !signs.includes(word)) return '';
    this.next++;
    return word;
  }

  whole() {
    const value = this.sum();
    if (this.token.kind !== 'end') fail(this.token.at, `"${this.token.word}" is not expected here`);
    return value;
  }

  sum() {
    let value = this.product();
    for (let sign = this.take('+', '-'); sign; sign = this.take('+', '-')) {
      const other = this.product();
      value = sign === '+' ? value + other : value - other;
    }
    return value;
  }

  product() {
    let value = this.signed();
    for (let sign = this.take('*', '/', '%'); sign; sign = this.take('*', '/', '%')) {
      const { at } = this.token;
      const other = this.signed();
      if (sign !== '*' && other === 0) fail(at, 'division by zero');
      value = sign === '*' ? value * other : sign === '/' ? value / other : value % other;
    }
    return value;
  }

  // Binds less than a power: -2^2 is -4. Whatever stands in something else comes through here.
  signed() {
    if (++this.depth > MAX_DEPTH) fail(this.token.at, `more than ${MAX_DEPTH} operations stand in one another; calculate in parts`);
    const value = this.take('-') ? -this.signed() : this.take('+') ? this.signed() : this.power();
    this.depth--;
    return value;
  }

  // From the right: 2^3^2 is 2^9.
  power() {
    const base = this.operand();
    return this.take('^', '**') ? base ** this.signed() : base;
  }

  operand() {
    if (this.take('(')) {
      const value = this.sum();
      this.close();
      return value;
    }
    const { kind, word, at } = this.token;
    if (kind === 'end') fail(at, 'the expression ends where a number must be');
    if (kind === 'sign') fail(at, `"${word}" stands where a number must be`);
    this.next++;
    if (kind === 'number') return Number(word);
    if (CONSTANTS.has(word)) return CONSTANTS.get(word);
    if (FUNCTIONS.has(word)) return this.call(word, at);
    const known = [...FUNCTIONS.keys(), ...CONSTANTS.keys()].join(', ');
    return fail(at, `"${word}" is not known; there are ${known}`);
  }

  call(name, at) {
    if (!this.take('(')) fail(this.token.at, `"(" must follow ${name}`);
    const values = [this.sum()];
    while (this.take(',')) values.push(this.sum());
    this.close();
    const { of, takes } = FUNCTIONS.get(name);
    if (takes !== undefined && values.length !== takes) {
      fail(at, `${name} takes ${takes} argument, not ${values.length}`);
    }
    const value = of(...values);
    if (Number.isNaN(value)) fail(at, `${name}(${values.join(', ')}) is not a real number`);
    return value;
  }

  close() {
    if (!this.take(')')) fail(this.token.at, '")" is missing');
  }
}

/**
 * Calculates an arithmetic expression: + - * / % ^ (power), parentheses, the functions sqrt abs round floor ceil min max log
 * (base 10) ln exp sin cos tan (radians), the constants pi and e.
 * @param {string} expression - Such as (2 + 3) * 4^2.
 */
export function run(expression) {
  const value = new Reader(expression).whole();
  if (!Number.isFinite(value)) {
    throw new Error('the result is not a finite real number');
  }
  // 0.1 + 0.2 is 0.3 to whoever asks a calculator; and -0 is 0.
  return { result: (Number.isInteger(value) ? value : Number(value.toPrecision(15))) + 0 };
}

import { describe, expect, it } from 'vitest';
import { PatternError } from '../../../../../../functions/documentdb-sink/java/regex/pattern-error.ts';
import { matcher, replacer } from '../../../../../../functions/documentdb-sink/java/regex/replacement.ts';

const raw = String.raw;

describe('a Java regular expression', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [raw`^key\..*my.*$`, ['key.my_field', 'key.a.myb'], ['value.my', 'xkey.my']],
    ['a|b', ['a', 'b'], ['ab', '']],
    [raw`\s`, [' ', '\t', '\v'], ['\u00a0', '\u2028']],
    [raw`\h\v`, ['\u00a0\n', ' \u0085'], ['a\n']],
    [raw`\w\W\d\D\S\H\V`, ['_-1ax11'], ['é-1ax11']],
    ['.', ['a', '😀', '\v'], ['\n', '\u0085', 'ab']],
    ['(?s).', ['\n'], ['']],
    ['(?i)abc', ['ABC', 'aBc'], ['abd']],
    ['(?i)k[a-c]', ['KB', 'kC'], ['\u212aa', 'kd']],
    ['a(?i)b(?-i)c', ['aBc'], ['ABc', 'aBC']],
    ['(?i:a)b', ['Ab'], ['AB']],
    ['(?x) a b # comment', ['ab'], ['a b']],
    ['[a-z&&[^bc]]', ['a', 'd'], ['b', 'c', 'A']],
    ['[a-d[m-p]]', ['b', 'n'], ['e']],
    ['[^a-c]', ['d', '\n'], ['a']],
    [raw`[\w.-]+`, ['a-b.c'], ['a b']],
    ['[]a]', [']', 'a'], ['b']],
    [raw`[\Q^-]\E]`, ['^', '-', ']'], ['a']],
    [raw`\Qa.b\E+`, ['a.b', 'a.bb'], ['axb', 'a.ba.b']],
    ['a*+b', ['aab', 'b'], ['aa']],
    ['a*+a', [], ['a', 'aaa']],
    ['(?>ab|a)c', ['abc', 'ac'], ['aabc']],
    ['(?>a|ab)c', ['ac'], ['abc']],
    ['a{2,3}?b', ['aab', 'aaab'], ['ab']],
    [raw`(a)(b)\2\1`, ['abba'], ['abab']],
    [raw`(?<x>a|b)\k<x>`, ['aa', 'bb'], ['ab']],
    [raw`(?<=^key\.)a|key(?=\.a)\.(?!b)a`, ['key.a'], ['key.b']],
    [raw`\x41\u0042\x{43}\0104\cA\e\a`, ['ABCD\u0001\u001b\u0007'], ['ABCE']],
    [raw`\p{Lower}\p{Upper}\p{Punct}\p{L}\p{IsLatin}\pN\P{Alpha}`, ['aA!éé1-'], ['AA!éé1-']],
    [raw`\p{IsAlphabetic}\p{Lu}\p{IsUppercase}`, ['éÉÉ'], ['1ÉÉ']],
    [raw`a\R`, ['a\r\n', 'a\n'], ['a']],
    [raw`\Aab\z`, ['ab'], ['abc']],
    ['}]', ['}]'], ['}']],
    ['(?m)a$\n^b', ['a\nb'], ['ab']],
    ['(?=a)*a', ['a'], ['']],
    ['(?!b)+a', ['a'], ['b']],
    ['[a b]', [' '], ['c']],
    ['(?x)[a b]', ['a', 'b'], [' ']],
    ['a?(?<=a)+b', ['ab'], ['b']],
    ['c?(?<!b)+a', ['a', 'ca'], ['ba']],
    ['(?:ab)+', ['abab'], ['aba']],
    [raw`\ba\Bb\b`, ['ab'], ['a b', 'abc']],
    [raw`(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10`, ['abcdefghijj'], ['abcdefghija0']],
    [raw`(a)\10`, ['aa0'], ['aa']],
    [raw`(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\11`, ['abcdefghijkk'], ['abcdefghijka1']],
    ['(?x)a # one\n # two\n  b + # three', ['ab', 'abb'], ['a', 'a b']],
    ['(?x) a {2} b', ['aab'], ['ab']],
    [raw`(?x)a\ b`, ['a b'], ['ab']],
    ['(?x)[ a   b ]', ['a', 'b'], [' ']],
    ['a{12}', ['a'.repeat(12)], ['a', 'a'.repeat(11)]],
    ['a{2,}', ['aa', 'aaa'], ['a']],
    ['a{1,12}', ['a', 'a'.repeat(12)], ['', 'a'.repeat(13)]],
    [raw`(a)+\1`, ['aa', 'aaa'], ['a']],
    [raw`(a){1,2}\1`, ['aa', 'aaa'], ['a']],
    ['(?d).', ['\r', '\u0085', 'a'], ['\n']],
    ['^*a$?', ['a'], ['b']],
    [raw`\b?a\B*b\z?`, ['ab'], ['b']],
    [raw`(?<n1>a)\k<n1>`, ['aa'], ['a']],
    ['(?is-mx:A.)b', ['a\nb', 'AXb'], ['aXB']],
    ['(?i-sm)a', ['A'], ['b']],
    [raw`\Qa.b`, ['a.b'], ['axb']],
    [raw`a\Q\E+`, ['a', 'aa'], ['']],
    [raw`\018\0377\0400`, ['\u00018\u00ff 0'], ['\u0001\u00ff 0']],
    ['[a&&]', ['a'], ['b']],
    ['[&&a]', ['a'], ['b']],
    [raw`[a-\d]`, ['a', '-', '5'], ['b']],
    ['(?i)[x-~]', ['X', 'z', '~'], ['W', '[', '^']],
    ['(?i)[k1]!', ['K!', '1!'], ['\u0011!']],
    [raw`\x{10ffff}`, ['\u{10ffff}'], ['a']],
    [raw`\p{sc=Latin}\p{script=Greek}\p{gc=Lu}\p{general_category=Nd}`, ['aαÉ1'], ['αaÉ1']],
    [raw`\p{IsWHITE_SPACE}\p{IsALPHABETIC}\p{IsInherited}`, [' é\u0300'], ['aé\u0300']],
    [raw`\p{ASCII}\p{Alnum}\p{Digit}\p{XDigit}\p{Blank}\p{Cntrl}\p{Space}\p{Graph}\p{Print}`, ['~a1F\t\u007f\v! '], []],
    [raw`\p{Punct}+`, ['!/:@[`{~'], ['a', '0', ' ', '\u007f']],
  ])('%s matches as in Java', (pattern, matching, others) => {
    const matches = matcher(pattern);
    for (const text of matching) expect([text, matches(text)]).toEqual([text, true]);
    for (const text of others) expect([text, matches(text)]).toEqual([text, false]);
  });

  it.each([
    ['my', '', 'my_my', '_'],
    ['([a-z])([A-Z])', '$1_$2', 'aBcD', 'a_Bc_D'],
    ['(?<first>a)', '[$' + '{first}$0]', 'aba', '[aa]b[aa]'],
    ['(a)', '$12', 'a', 'a2'],
    ['a', raw`\$\\1`, 'a', raw`$\1`],
    ['(a)|(b)', '<$1$2>', 'ab', '<a><b>'],
    ['^a', '_', 'aab', '_ab'],
    ['a$', '_', 'aba', 'ab_'],
    ['x*', '-', 'abc', '-a-b-c-'],
    ['(?>(a))(b)', '$2$1', 'ab', 'ba'],
    ['(a)++(b)', '$2$1', 'aab', 'ba'],
    [raw`\.`, '_', '.blah..blah.', '_blah__blah_'],
    ['(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)', '$10$11', 'abcdefghij', 'ja1'],
    ['(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)', '$100', 'abcdefghij', 'j0'],
  ])('%s is replaced by %s in %s', (pattern, replacement, text, expected) => {
    expect(replacer(pattern, replacement)(text)).toBe(expected);
  });

  it.each([
    ['(', 'without a )'],
    [')', 'without a ('],
    ['[a', 'without a ]'],
    ['*a', 'nothing to repeat'],
    ['{', 'nothing to repeat'],
    [raw`\X`, 'no equivalent'],
    [raw`\G`, 'no equivalent'],
    [raw`\b{g}`, 'no equivalent'],
    [raw`\p{InGreek}`, 'no equivalent'],
    [raw`\p{javaLowerCase}`, 'no equivalent'],
    [raw`\p{block=Greek}`, 'no equivalent'],
    [raw`\p{blk=Greek}`, 'no equivalent'],
    [raw`\p{Inherited}`, 'no equivalent'],
    [raw`\p{Nothing}`, 'no equivalent'],
    [raw`(a)*\1`, 'may be unset'],
    [raw`(a){0,2}\1`, 'may be unset'],
    [raw`\2(a)`, raw`\2 refers to a group that is not there`],
    [raw`\k<n>(?<n>a)`, raw`\k<n> refers to a group that is not there`],
    [raw`\k`, raw`\k<> refers to a group that is not there`],
    [raw`\x{110000}`, 'a character beyond Unicode'],
    ['(?', 'Java does not know'],
    ['(?u)a', '(?u) has no equivalent'],
    ['(?i)(a)\\1', 'no equivalent'],
    [raw`(a)?\1`, 'may be unset'],
    [raw`(?:(a)|b)\1`, 'may be unset'],
    [raw`\1(a)`, 'not there'],
    [raw`\k<n>`, 'not there'],
    ['[b-a]', 'ends before it begins'],
    ['a\\', 'ends in the middle'],
    ['a{3,2}', 'not a valid Java regular expression'],
  ])('%s is refused, and the error names the construct', (pattern, problem) => {
    expect(() => matcher(pattern)).toThrow(problem);
    expect(() => matcher(pattern)).toThrow(PatternError);
  });

  it.each(['$', '$a', '\\', '$2', '$' + '{n}'])('is refused with the replacement %s', (replacement) => {
    expect(() => replacer('(a)', replacement)).toThrow(PatternError);
  });
});

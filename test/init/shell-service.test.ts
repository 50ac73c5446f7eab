// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's, not ours
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsOfArgv, commandsOfLine, type LineCommand } from '../../src/init/shell-service.js';
import { quoteWord, readShellTokens, splitPlainWords } from '../../src/init/shell-words.js';

const none = (): undefined => undefined;
const read = (line: string): readonly LineCommand[] | undefined => commandsOfLine({ line, scriptsIn: none });

function only(line: string): LineCommand {
  const [command, ...others] = read(line) ?? [];
  assert.ok(command !== undefined && others.length === 0, line);
  return command;
}

const PLAIN: readonly (readonly [string, LineCommand['command']])[] = [
  ['node server.js --port 3000', { script: 'server.js', args: ['--port', '3000'] }],
  ['node lib/run', { script: 'lib/run', args: [], interpreter: 'node' }],
  ['python3 main.py', { script: 'main.py', args: [], interpreter: 'python3' }],
  ['python3 -u main.py', { script: 'python3', args: ['-u', 'main.py'] }],
  ['python -m app.worker', { script: 'python', args: ['-m', 'app.worker'] }],
  ['exec ./run.py --x', { script: './run.py', args: ['--x'], interpreter: 'none' }],
  ['./bin/server', { script: './bin/server', args: [] }],
  ['nohup ruby bot.rb', { script: 'bot.rb', args: [], interpreter: 'ruby' }],
  [`say "a b" 'c d' e\\ f ""`, { script: 'say', args: ['a b', 'c d', 'e f', ''] }],
  ['echo a#b # a comment', { script: 'echo', args: ['a#b'] }],
  ['/bin/sh -c "node server.js"', { script: 'server.js', args: [] }],
  ['echo \\', { script: 'echo', args: ['\\'] }],
  ['php artisan serve', { script: 'php', args: ['artisan', 'serve'] }],
  ['cost "$ 5" 100$', { script: 'cost', args: ['$ 5', '100$'] }],
];

for (const [line, expected] of PLAIN) {
  test(`a plain command is taken apart, so that the process is the service itself: ${line}`, () => {
    assert.deepEqual(only(line).command, expected);
  });
}

const FOR_THE_SHELL: readonly (readonly [string, string])[] = [
  ['uvicorn app:app --port $PORT', 'exec uvicorn app:app --port $PORT'],
  ['exec uvicorn app:app --port "${PORT:-8000}"', 'exec uvicorn app:app --port "${PORT:-8000}"'],
  ['python migrate.py && uvicorn app:app', 'python migrate.py && exec uvicorn app:app'],
  ['python migrate.py && A=1 uvicorn app:app', 'python migrate.py && A=1 exec uvicorn app:app'],
  ['node a.js | tee log', 'node a.js | tee log'],
  ['node a.js || node b.js', 'node a.js || node b.js'],
  ['while true; do python poll.py; sleep 5; done', 'while true; do python poll.py; sleep 5; done'],
  ['if test -f x; then a; else b; fi', 'if test -f x; then a; else b; fi'],
  ['node *.js', 'exec node *.js'],
  ['A=$B node a.js', 'A=$B exec node a.js'],
  ['node $(cat file | head -1)', 'exec node $(cat file | head -1)'],
  ['node a.js > out.log 2>&1', 'exec node a.js > out.log 2>&1'],
  ['cd x && cd y && node $FILE', 'exec node $FILE'],
];

for (const [line, expected] of FOR_THE_SHELL) {
  test(`what needs a shell gets one, and leaves it with exec where it can: ${line}`, () => {
    assert.deepEqual(only(line).command, { script: '/bin/sh', args: ['-c', expected], interpreter: 'none' });
  });
}

test('variables before a command become its environment, with their quotes gone', () => {
  const { env, command } = only(`A=1 B="x y" env C='$Z' node a.js`);
  assert.deepEqual(env, { A: '1', B: 'x y', C: '$Z' });
  assert.deepEqual(command, { script: 'a.js', args: [] });
});

test('a folder that a command changes to becomes its cwd', () => {
  const { cwd, command } = only('cd web && cd app && node server.js');
  assert.equal(cwd, 'web/app');
  assert.deepEqual(command, { script: 'server.js', args: [] });
});

test('programs that a line starts side by side come apart, each named after itself', () => {
  const commands = read('uvicorn dashboard:app --port $PORT & python3 main.py & node lib/worker.js & wait') ?? [];
  assert.deepEqual(
    commands.map(({ name }) => name),
    ['uvicorn', 'main', 'worker'],
  );
  assert.deepEqual(commands[0]?.variables, [{ name: 'PORT' }]);
});

for (const line of [
  'a & b',
  'a & b & wait',
  '(a) & b & wait -n',
  'set -e; trap "kill 0" EXIT; a & b & wait',
  'bash -c "a & b & wait"',
]) {
  test(`two programs are found in: ${line}`, () => assert.equal(read(line)?.length, 2));
}

test('the shell that was asked for is the one that runs the line', () => {
  assert.equal(only('bash -c "node $FILE"').command.script, '/bin/sh'); // expanded by the outer shell
  assert.equal(only(`bash -c 'node $FILE'`).command.script, 'bash');
});

test('what is exported before the programs reaches all of them', () => {
  const commands = read('export A=1 B=2; cd app; a & b & wait') ?? [];
  assert.deepEqual(
    commands.map(({ env, cwd }) => [env, cwd]),
    [
      [{ A: '1', B: '2' }, 'app'],
      [{ A: '1', B: '2' }, 'app'],
    ],
  );
});

test('a line with something to finish first stays whole, and says why', () => {
  const command = only('python migrate.py; a & b & wait');
  assert.equal(command.command.args[1], 'python migrate.py; a & b & wait');
  assert.match(command.notes.join(), /stays whole, as "python"/);
});

test('&& and 2>&1 and &> are no places to split at', () => {
  for (const line of ['a && b', 'a 2>&1', 'a &> log', 'a "b & c"', "a 'x & y'", 'a \\& b', 'a $(b & c)']) {
    assert.equal(read(line)?.length, 1, line);
  }
});

for (const line of ['a "b', "a 'b", 'a $(b', 'a ${b', 'a `b']) {
  test(`an open quote or bracket is told, not guessed: ${line}`, () => assert.equal(read(line), undefined));
}

for (const line of ['', '   ', '# comment', 'wait', '& &', 'A=1']) {
  test(`nothing to run is no service: ${JSON.stringify(line)}`, () => assert.deepEqual(read(line), []));
}

test('the port of a well-known server is known, that of any other program is not', () => {
  assert.equal(only('uvicorn a:b --port 8001').port, 8001);
  assert.equal(only('gunicorn -b 0.0.0.0:8002 a:b').port, 8002);
  assert.equal(only('python -m uvicorn a:b --port=8003').port, 8003);
  assert.equal(only('node worker.js --port 5432').port, undefined);
  assert.equal(only('uvicorn a:b --port 99999').port, undefined);
});

test('npm scripts become what they stand for, also several at once', () => {
  const scripts = {
    start: 'run-p web work',
    web: 'node web.js',
    work: 'npm run deep',
    deep: 'python3 w.py',
    hooked: 'x',
    prehooked: 'y',
  };
  const scriptsIn = (): typeof scripts => scripts;
  const commands = commandsOfArgv(['npm', 'start'], scriptsIn) ?? [];
  assert.deepEqual(
    commands.map(({ name, command }) => [name, command.script]),
    [
      ['web', 'web.js'],
      ['work', 'w.py'],
    ],
  );
  assert.equal(commandsOfArgv(['npm', 'run', 'hooked'], scriptsIn)?.[0]?.command.script, 'npm');
  assert.equal(commandsOfArgv(['npm', 'run', 'unknown'], scriptsIn)?.[0]?.command.script, 'npm');
  assert.equal(commandsOfArgv(['npm', 'run', 'constructor'], scriptsIn)?.[0]?.command.script, 'npm');
  const both = commandsOfLine({ line: 'concurrently -k "npm:web" "npm run work"', scriptsIn });
  assert.equal(both?.length, 2);
});

test('a script that calls itself comes to an end', () => {
  const [command] = commandsOfArgv(['npm', 'start'], () => ({ start: 'npm start' })) ?? [];
  assert.equal(command?.command.script, 'npm');
});

test('scripts that multiply at every level come to an end soon', () => {
  const start = `run-p ${'start '.repeat(50)}`;
  const found = commandsOfArgv(['npm', 'start'], () => ({ start })) ?? [];
  assert.ok(found.length < 20_000, String(found.length));
});

test('tokens know their places, and words what they would be without expansion', () => {
  const line = 'a "b c" && $D';
  const tokens = readShellTokens(line) ?? [];
  assert.deepEqual(
    tokens.map(({ start, end }) => line.slice(start, end)),
    ['a', '"b c"', '&&', '$D'],
  );
});

test('words that no shell reads keep their dollars and ampersands', () => {
  assert.deepEqual(splitPlainWords(' a  "b c" $D & e;f '), ['a', 'b c', '$D', '&', 'e;f']);
  assert.deepEqual(splitPlainWords('   '), []);
  assert.equal(splitPlainWords('a "b'), undefined);
});

test('a quoted word means itself again', () => {
  for (const text of ['plain', '', 'a b', "it's", '$HOME', '`x`', 'ü', 'a\nb']) {
    assert.deepEqual(splitPlainWords(quoteWord(text)), [text]);
  }
});

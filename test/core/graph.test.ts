import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCycle, type GraphNode, startLevels, stopLevels, withNeeds } from '../../src/core/graph.js';

const node = (name: string, after: string[] = [], needs: string[] = []): GraphNode => ({ name, after, needs });

const STACK = [
  node('website'),
  node('trading', ['market-data']),
  node('market-data'),
  node('signals', ['trading'], ['market-data']),
];

test('findCycle() finds none in a stack without one, unknown names included', () => {
  assert.equal(findCycle(STACK), undefined);
  assert.equal(findCycle([node('a', ['nobody'])]), undefined);
  assert.equal(findCycle([]), undefined);
});

test('findCycle() shows the path of a cycle from its first member back to it', () => {
  assert.deepEqual(findCycle([node('a', ['b']), node('b', ['a'])]), ['a', 'b', 'a']);
});

test('findCycle() leaves out the services that only lead into the cycle', () => {
  const nodes = [node('web', ['a']), node('a', ['b']), node('b', [], ['c']), node('c', ['a'])];
  assert.deepEqual(findCycle(nodes), ['a', 'b', 'c', 'a']);
});

test('findCycle() finds a service that waits for itself', () => {
  assert.deepEqual(findCycle([node('a', [], ['a'])]), ['a', 'a']);
});

test('findCycle() does not take two ways to the same service for a cycle', () => {
  const diamond = [node('top', ['left', 'right']), node('left', ['base']), node('right', ['base']), node('base')];
  assert.equal(findCycle(diamond), undefined);
});

test('startLevels() puts dependencies first and keeps manifest order inside a level', () => {
  const names = STACK.map((spec) => spec.name);
  assert.deepEqual(startLevels(names, STACK), [['website', 'market-data'], ['trading'], ['signals']]);
});

test('startLevels() orders only among the given names, whatever their order', () => {
  assert.deepEqual(startLevels(['trading', 'website'], STACK), [['website', 'trading']]);
  assert.deepEqual(startLevels([], STACK), []);
  assert.deepEqual(startLevels(['nobody'], STACK), []);
});

test('startLevels() refuses a cycle instead of looping', () => {
  assert.throws(() => startLevels(['a', 'b'], [node('a', ['b']), node('b', ['a'])]), /cycle among a, b/);
});

test('stopLevels() stops dependents before what they depend on', () => {
  assert.deepEqual(stopLevels(['market-data', 'trading', 'signals'], STACK), [
    ['signals'],
    ['trading'],
    ['market-data'],
  ]);
});

test('withNeeds() adds needs transitively, never after, in manifest order', () => {
  const specs = [node('base'), node('store', [], ['base']), node('web', ['extra'], ['store']), node('extra')];
  assert.deepEqual(withNeeds(['web'], specs), ['base', 'store', 'web']);
  assert.deepEqual(withNeeds(['extra', 'base'], specs), ['base', 'extra']);
});

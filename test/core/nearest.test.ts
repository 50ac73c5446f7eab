import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from '../../src/core/nearest.js';

const KEYS = ['name', 'script', 'max_memory_restart', 'namespace', 'cwd'];

test('nearest() suggests the key that a typo was meant to be', () => {
  assert.equal(nearest('scirpt', KEYS), 'script');
  assert.equal(nearest('max_memory_restarts', KEYS), 'max_memory_restart');
  assert.equal(nearest('Name', KEYS), 'name');
});

test('nearest() suggests nothing for a word that resembles none', () => {
  assert.equal(nearest('colour', KEYS), undefined);
  assert.equal(nearest('x', ['y']), undefined);
  assert.equal(nearest('', ['a']), undefined);
  assert.equal(nearest('x', []), undefined);
});

test('editDistance() counts insertions, deletions, replacements and swaps of neighbours as one', () => {
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('abc', 'abc'), 0);
  assert.equal(editDistance('abc', 'acb'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
});

'use strict';
// Preloaded into PM2's daemon, by exit-journal.cjs: a full disk must not end it. The second line that node cannot write into a
// file ends the program (the stream emits `error`, and nobody listens), and PM2 prints at each exit of a service: two crashes on a
// full disk, and nobody would be left to start anything again. What cannot be written is left out; the next line with room is written.

const fs = require('node:fs');

for (const stream of [process.stdout, process.stderr]) if (isFile(stream.fd)) writeWhatFits(stream);

function isFile(fd) {
  try {
    const stats = fs.fstatSync(fd);
    return stats.isFile() || stats.isCharacterDevice();
  } catch {
    // EBADF: it is closed.
    return false;
  }
}

/** Past the stream. A file's stream writes at once too. */
function writeWhatFits(stream) {
  stream.write = (chunk, encoding, callback) => {
    try {
      fs.writeSync(stream.fd, chunk);
    } catch {
      // ENOSPC, EDQUOT, EIO: there is nowhere to say so.
    }
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}

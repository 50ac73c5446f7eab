// Counts, and says so.
let count = 0;
setInterval(() => console.log(`count ${++count}`), 500);
console.log('ready');

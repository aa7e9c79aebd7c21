// The clock of the console's list of requests, a worker: says each second that one is over.
setInterval(() => postMessage('a second'), 1000);

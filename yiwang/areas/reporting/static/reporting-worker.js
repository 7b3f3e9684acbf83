/* Keeps the pages of returns that were opened on this machine, so that they open without the network. The network comes first;
   what is kept is thrown away when one logs out or in. */
"use strict";
const KEPT = "yw-returns-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin || event.request.method !== "GET") return;
  if (/^\/reporting\/returns\/\d+\/$/.test(url.pathname) || url.pathname.startsWith("/static/")) event.respondWith(through(event.request));
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(KEPT));
});

async function through(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
    else if (answer.redirected || answer.status === 403) await caches.delete(KEPT);
    return answer;
  } catch (error) {
    const found = await kept.match(request);
    if (found) return found;
    throw error;
  }
}

/** What a built deck's page holds for these scripts, see assets/deck/index.mjs. */
declare const Reveal: any;
interface Window {
  __deckReady: Promise<void>;
}

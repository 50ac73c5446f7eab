/** The whole style sheet, inline: the page needs no second request and no network. Colours follow the system's light or dark. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#14171c;--soft:#5b6472;--faint:#8a93a3;--line:#e5e8ed;--hair:#eef0f3;
--good:#0b7a4b;--good-bg:#e2f5ea;--wait:#2458c6;--wait-bg:#e6eeff;--warn:#8a5a00;--warn-bg:#fff1d0;--bad:#b42323;--bad-bg:#fde8e8;--off:#5b6472;--off-bg:#eceff3;
--accent:#2f5fd0;--code:#eef0f4;--shadow:0 1px 2px rgb(16 24 40/.05),0 1px 8px rgb(16 24 40/.04);
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--bg:#0c0e12;--card:#14171d;--ink:#e9ecf1;--soft:#a1a9b7;--faint:#747d8c;--line:#262b34;--hair:#1e222a;
--good:#52c992;--good-bg:#10291f;--wait:#86a9ff;--wait-bg:#15213d;--warn:#e9b44c;--warn-bg:#2e230c;--bad:#ff8585;--bad-bg:#361a1c;--off:#a1a9b7;--off-bg:#20242c;
--accent:#7ea2ff;--code:#20242c;--shadow:none}}
*{box-sizing:border-box;margin:0}
[hidden]{display:none!important}
html{background:var(--bg);-webkit-text-size-adjust:100%}
body{font:15px/1.5 var(--sans);color:var(--ink);max-width:1240px;margin:0 auto;padding:0 20px 40px;font-variant-numeric:tabular-nums;-webkit-font-smoothing:antialiased}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
code{font:.875em/1.4 var(--mono);background:var(--code);border-radius:5px;padding:.15em .45em;overflow-wrap:anywhere}
small{display:block;font-size:12px;color:var(--faint);line-height:1.35}
h2{font-size:13px;font-weight:600;color:var(--soft);display:flex;align-items:center;gap:8px;margin-bottom:12px}
header{display:flex;align-items:center;justify-content:space-between;gap:8px 20px;flex-wrap:wrap;padding:18px 0}
.brand{display:flex;align-items:center;gap:8px;flex-wrap:wrap}.brand strong{font-size:17px;letter-spacing:-.01em;margin-right:4px}
.brand .mark{width:22px;height:22px;fill:none;stroke:var(--accent);stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
.badge{font-size:11px;font-weight:600;letter-spacing:.04em;line-height:1;padding:5px 8px;border-radius:6px;background:var(--off-bg);color:var(--off)}
.badge.paper{background:var(--wait-bg);color:var(--wait)}.badge.sim{background:var(--warn-bg);color:var(--warn)}
.clock{display:flex;align-items:center;gap:6px;color:var(--soft);font-size:13px}.clock #clock{color:var(--ink);margin-left:10px}
.pulse{width:8px;height:8px;border-radius:50%;background:var(--good);box-shadow:0 0 0 3px var(--good-bg)}
#banner{position:fixed;inset:0 0 auto;z-index:2;padding:10px 20px;background:var(--bad);color:var(--bg);font-weight:600;text-align:center}
.disconnected{padding-top:44px}.disconnected button[data-action]{visibility:hidden}.disconnected #live>main,.disconnected #live>footer{filter:grayscale(1);opacity:.42}
.disconnected .pulse{background:var(--bad);box-shadow:0 0 0 3px var(--bad-bg)}.disconnected #link,.disconnected .clock time{text-decoration:line-through;color:var(--faint)}
main{display:grid;gap:16px}
main>*,.pair>*{min-width:0}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 20px;box-shadow:var(--shadow)}
.headline{padding:14px 0 10px}.headline h1{font-size:30px;font-weight:650;letter-spacing:-.022em;line-height:1.2;display:flex;align-items:baseline;gap:14px;overflow-wrap:anywhere}
.headline p{color:var(--soft);margin:6px 0 0 28px;max-width:75ch;overflow-wrap:anywhere}.headline .next{font-size:14px}
.lamp{flex:none;width:14px;height:14px;border-radius:50%;background:var(--off);box-shadow:0 0 0 5px var(--off-bg)}
.good .lamp{background:var(--good);box-shadow:0 0 0 5px var(--good-bg)}.wait .lamp{background:var(--wait);box-shadow:0 0 0 5px var(--wait-bg)}
.warn .lamp{background:var(--warn);box-shadow:0 0 0 5px var(--warn-bg)}.bad .lamp{background:var(--bad);box-shadow:0 0 0 5px var(--bad-bg)}
.pair{display:grid;grid-template-columns:minmax(0,2fr) minmax(280px,1fr);gap:16px}
.figure{display:flex;align-items:baseline;gap:14px;flex-wrap:wrap;margin-bottom:10px}.fault{color:var(--warn)}.price{font-size:36px;font-weight:600;letter-spacing:-.025em;line-height:1.1}
.change{font-weight:600}.change small{display:inline;font-weight:400;margin-left:6px}.up{color:var(--good)}.dn{color:var(--bad)}
.note{font-size:13px;color:var(--soft);margin-top:12px;overflow-wrap:anywhere}
.chart{position:relative;margin:0 -20px;color:var(--accent)}.chart svg{display:block;width:calc(100% - 84px);height:190px}
.chart path{fill:none;vector-effect:non-scaling-stroke}.chart .line{stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}.chart .area{fill:url(#fade)}
.fade-top{stop-color:currentColor;stop-opacity:.18}.fade-end{stop-color:currentColor;stop-opacity:0}
.chart .grid{stroke:var(--line);stroke-dasharray:2 4}.chart .dot,.chart .mark{stroke:currentColor;stroke-width:8;stroke-linecap:round}
.chart .mark.buy{stroke:var(--good)}.chart .mark.sell{stroke:var(--bad)}
.chart .high,.chart .low{position:absolute;right:20px;font-size:12px;line-height:16px;color:var(--faint)}.chart .high{top:3px}.chart .low{top:171px}
.chart figcaption{display:flex;justify-content:space-between;padding:6px 84px 0 20px;font-size:12px;color:var(--faint)}
dl{border-top:1px solid var(--hair)}dl div{display:flex;justify-content:space-between;gap:16px;padding:8px 0;border-bottom:1px solid var(--hair)}
dl div:last-child{border-bottom:0}dt{color:var(--soft)}dd{font-weight:550;text-align:right}dd small{display:inline}
.empty{color:var(--soft);padding:14px 0 6px;line-height:1.9}
table{width:100%;border-collapse:collapse}th{font-weight:400;text-align:left}
thead th{font-size:12px;color:var(--faint);padding:0 10px 8px 0;white-space:nowrap;border-bottom:1px solid var(--line)}
tbody th,td{padding:12px 10px 12px 0;vertical-align:top;border-bottom:1px solid var(--hair)}tbody tr:last-child>*{border-bottom:0;padding-bottom:2px}
tbody th{font-weight:600;white-space:nowrap}th small{font-weight:400}.card:has(table){overflow-x:auto}td code{display:inline-block}.n{text-align:right;white-space:nowrap}td small{white-space:normal}
.services thead .n,.services .n{padding-right:14px}.verdict{width:30%;min-width:210px}
.pill{display:inline-block;font-size:12px;font-weight:600;line-height:1;padding:5px 9px;border-radius:99px;margin-right:8px;background:var(--off-bg);color:var(--off);white-space:nowrap}
.pill.good{background:var(--good-bg);color:var(--good)}.pill.wait{background:var(--wait-bg);color:var(--wait)}.pill.warn{background:var(--warn-bg);color:var(--warn)}.pill.bad{background:var(--bad-bg);color:var(--bad)}
.why{color:var(--soft);font-size:13px;overflow-wrap:anywhere}.unwanted>*{opacity:.62}.unwanted>.action{opacity:1}.late{color:var(--bad);font-weight:600}
.memory{min-width:104px}.bar{display:block;width:100%;height:3px;margin-top:5px;border-radius:2px;overflow:hidden}.bar .track{fill:var(--hair)}.bar .fill{fill:var(--accent)}.bar .fill.warn{fill:var(--warn)}
.action{text-align:right;padding-right:0}.js .services .action button{display:inline-block}.services .action button{display:none}
button{font:600 13px/1 var(--sans);color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 12px;cursor:pointer}
button:hover{border-color:var(--faint)}button:disabled{opacity:.45;cursor:progress}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button.primary{background:var(--ink);border-color:var(--ink);color:var(--card)}
span.side{font-weight:600}.side.buy{color:var(--good)}.side.sell{color:var(--bad)}.trades tbody th{font-weight:400;white-space:nowrap}.trades th:last-child,.trades .why{padding-left:14px;padding-right:0}
#outcome{position:fixed;left:16px;right:16px;bottom:24px;margin:0 auto;width:fit-content;max-width:680px;padding:12px 18px;border-radius:10px;background:var(--card);border:1px solid var(--line);
box-shadow:0 8px 30px rgb(0 0 0/.18);font-weight:550;overflow-wrap:anywhere;cursor:pointer}
#outcome.good{background:var(--good-bg);color:var(--good)}#outcome.bad{background:var(--bad-bg);color:var(--bad)}#outcome.wait{background:var(--wait-bg);color:var(--wait)}
dialog{margin:auto;border:1px solid var(--line);border-radius:14px;background:var(--card);color:var(--ink);padding:22px 24px;max-width:min(420px,calc(100vw - 32px));box-shadow:0 20px 60px rgb(0 0 0/.25)}
dialog::backdrop{background:rgb(10 12 16/.45)}dialog h2{font-size:18px;color:var(--ink);margin-bottom:6px}dialog p{color:var(--soft)}dialog menu{display:flex;justify-content:flex-end;gap:10px;padding:0;margin-top:20px}
footer{display:flex;justify-content:space-between;flex-wrap:wrap;gap:6px 20px;margin-top:22px;font-size:12px;color:var(--faint)}footer a{margin-left:12px}
.lost{padding:18vh 0;justify-items:center;text-align:center}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media (max-width:860px){.pair{grid-template-columns:minmax(0,1fr)}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}table,tbody{display:block}
.services tbody tr{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:12px 12px;padding:16px 0;border-bottom:1px solid var(--hair)}
.trades tbody tr{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:6px 12px;padding:12px 0;border-bottom:1px solid var(--hair)}
tbody tr:first-child{padding-top:2px!important}tbody tr:last-child{border-bottom:0!important;padding-bottom:0!important}
tbody th,td,tbody tr:last-child>*{display:block;padding:0!important;border:0;text-align:left!important;min-width:0}
td[data-label]::before{content:attr(data-label);display:block;font-size:11px;color:var(--faint);font-weight:400}
.services tbody th{white-space:normal;overflow-wrap:anywhere;grid-column:1/3;grid-row:1;font-size:16px}.services tbody th small{display:inline;margin-left:8px}.services .verdict{grid-column:1/-1;width:auto}.services .action{grid-column:3;grid-row:1;text-align:right!important}
.verdict .why{display:block;margin-top:6px}.absent td[data-label]{display:none}.trades tbody th{grid-column:1/4;font-size:13px;color:var(--soft)}.trades td.side{text-align:right!important}.trades .why{grid-column:1/-1;padding:0}}
@media (max-width:480px){.disconnected{padding-top:70px}.brand{gap:6px}.brand strong{font-size:16px;margin-right:2px}.brand .badge{font-size:10px;padding:5px 6px}body{padding:0 12px 32px}.card{padding:16px;border-radius:12px}.chart{margin:0 -16px}.chart .high,.chart .low{right:16px}.chart figcaption{padding:6px 84px 0 16px}
header{padding:14px 0 8px}.headline{padding:8px 0 4px}.headline h1{font-size:24px;gap:12px}.headline p{margin-left:0}.price{font-size:32px}.trades tbody tr{grid-template-columns:repeat(2,minmax(0,1fr))}.trades tbody th{grid-column:1}}
@media print{.action,#outcome,.clock{display:none}}
`;

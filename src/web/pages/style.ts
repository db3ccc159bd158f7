/** The one stylesheet of all pages, inlined: the first paint needs no second request. Contrast of each pair is ≥ 6.7:1. */
export const STYLE = `
:root{--paper:#fbfaf7;--tint:#f3f0e9;--ink:#1f1d1a;--soft:#5d5850;--rule:#e2ddd2;--brick:#9a3b1b;
--serif:Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4",Georgia,serif;--sans:-apple-system,"Segoe UI",Roboto,system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--paper:#161513;--tint:#1f1d1a;--ink:#ebe6dd;--soft:#a9a297;--rule:#34302b;--brick:#f09a74}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:1.1875rem/1.6 var(--serif);-webkit-text-size-adjust:100%}
body{margin:0;overflow-wrap:anywhere}
h1,h2,h3,p,ol,ul,dl,dd{margin:0;padding:0}
a{color:inherit;text-decoration-color:var(--brick);text-decoration-thickness:1px;text-underline-offset:.18em}
a:hover{color:var(--brick)}
:focus-visible{outline:2px solid var(--brick);outline-offset:3px;border-radius:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
.wrap{max-width:72rem;margin:auto;padding:0 1.5rem}
.ui{font:.875rem/1.5 var(--sans)}
.soft{color:var(--soft)}
header.top{border-bottom:1px solid var(--rule)}
.top .wrap{display:flex;align-items:center;gap:.25rem 1.5rem;min-height:3.75rem;flex-wrap:wrap}
.top a{text-decoration:none;padding:.4rem 0}
.brand{display:flex;align-items:center;gap:.6rem;font:700 1.25rem/1.2 var(--serif);letter-spacing:-.01em;margin-right:auto}
.brand svg{width:2.1rem;height:1.1rem;fill:var(--brick);flex:none}
.top nav{display:flex;gap:0 1.4rem;flex-wrap:wrap}
.top [aria-current]{color:var(--brick);font-weight:600}
.top .sub{border:1px solid var(--rule);border-radius:99px;padding:.3rem .9rem}
.cols{display:grid;grid-template-columns:minmax(0,1fr) 17rem;gap:0 4.5rem;padding-top:2.25rem}
.cols.read{grid-template-columns:minmax(0,40rem) 16.5rem;gap:0 5rem;justify-content:space-between;padding-top:3rem}
.cols.front{padding-top:1.25rem}
.one{padding-top:2.25rem;max-width:50rem}.one.wide{max-width:none}
.kick{font-weight:600}.kick a{color:var(--brick);text-decoration:none;padding:.2rem 0}.kick a:hover{text-decoration:underline}
h1{font:700 clamp(1.9rem,1.4rem + 2.3vw,2.85rem)/1.12 var(--serif);letter-spacing:-.018em;margin:.5rem 0 1rem;text-wrap:balance}
.one h1,.list h1{font-size:clamp(1.7rem,1.4rem + 1.2vw,2.2rem);margin:.3rem 0 .6rem}
.day{display:flex;flex-wrap:wrap;gap:0 1.5rem;justify-content:space-between;align-items:baseline;padding-top:2.25rem}
.day h1{font:700 1.0625rem/1.4 var(--sans);letter-spacing:0;margin:0}
.dek{font-size:1.3rem;line-height:1.45;color:var(--soft);margin:0 0 1.25rem;text-wrap:pretty}
.meta{color:var(--soft);display:flex;flex-wrap:wrap;align-items:baseline;margin-left:-1.1em;clip-path:inset(-.3em -.3em -.3em .9em)}
.meta>*{padding-left:1.1em;position:relative}.meta>*::before{content:"·";position:absolute;left:.42em;color:var(--soft);font-weight:400}
.meta a{color:var(--ink);font-weight:600;text-decoration-color:var(--rule)}
.meta .k{color:var(--brick);text-decoration:none}
.share{color:var(--soft);display:flex;flex-wrap:wrap;align-items:baseline;gap:0 1.1rem;padding:.4rem 0;margin:1.1rem 0 2rem;border:solid var(--rule);border-width:1px 0}
.share a{text-decoration:none;padding:.3rem 0}.share a:hover{text-decoration:underline}
.body p,.body ul,.body ol,.body pre,.body blockquote,.body figure,.body table{margin:0 0 1.1em;text-wrap:pretty}
.body h1,.body h2,.body h3,.body h4{font:700 1.3rem/1.3 var(--serif);margin:1.8em 0 .4em}
.body ul,.body ol{padding-left:1.4em}.body ol{list-style:decimal}.body ul{list-style:disc}
.body img{max-width:100%;height:auto}
.body pre{overflow-x:auto;background:var(--tint);padding:.8rem 1rem;border-radius:6px}
.body code{font:.9em/1.5 ui-monospace,Menlo,Consolas,monospace}
.body pre code{font-size:.8125rem}
.body blockquote{padding-left:1rem;border-left:2px solid var(--rule);color:var(--soft)}
.body table{display:block;overflow-x:auto;font-size:1rem}
.src{color:var(--soft);margin:1.75rem 0}.src a{color:var(--ink)}
.orig{display:flex;align-items:baseline;justify-content:space-between;gap:.1rem 1rem;flex-wrap:wrap;text-decoration:none;border:1px solid var(--ink);border-radius:8px;padding:.9rem 1.25rem;font:600 1rem/1.4 var(--sans)}
.orig span{font-weight:400;color:var(--soft)}.orig:hover{border-color:var(--brick)}
.lab{font:600 .9375rem/1.4 var(--sans);border-top:2px solid var(--ink);padding-top:.7rem;display:flex;justify-content:space-between;align-items:baseline;gap:1rem}
.lab a{font-weight:400;font-size:.8125rem;color:var(--soft);padding:.2rem 0}
ol,ul{list-style:none}
.st{padding:1.6rem 0 1.5rem;border-top:1px solid var(--rule)}
.st h2{font:700 1.375rem/1.25 var(--serif);letter-spacing:-.008em;text-wrap:balance}
.st h2 a{text-decoration:none}.st h2 a:hover{text-decoration:underline}
.st.lead{border-top:2px solid var(--ink);padding-top:1.75rem}
.st.lead h2{font-size:clamp(1.9rem,1.3rem + 2.2vw,2.6rem);line-height:1.12;letter-spacing:-.018em}
.st .d{color:var(--soft);margin-top:.5rem;max-width:42rem;text-wrap:pretty;font-size:1.0625rem;line-height:1.5}
.st.lead .d{font-size:1.2rem;line-height:1.45;margin-top:.8rem}
.st .meta{font-size:.8438rem;margin-top:.6rem}
.mr{margin-top:.9rem;padding-left:1rem;border-left:2px solid var(--rule);color:var(--soft)}
.mr b{font-weight:600;color:var(--ink)}
.rows{padding-top:.2rem}
.rows li{display:grid;grid-template-columns:4.4rem minmax(0,1fr) 9.5rem;gap:0 1rem;align-items:baseline;padding:.6rem 0;border-bottom:1px solid var(--rule);line-height:1.35;font-size:1.0625rem}
.rows a{text-decoration:none;padding:.1rem 0}.rows a:hover{text-decoration:underline}
.rows .ui{color:var(--soft);font-size:.8125rem;font-variant-numeric:tabular-nums}.rows .s{text-align:right}
.cov{margin:3rem 0}
.cov .rows li{grid-template-columns:1.5rem minmax(0,1fr) auto}
.rank{counter-reset:r}
.rank li{counter-increment:r;display:grid;grid-template-columns:1.75rem minmax(0,1fr);padding:.7rem 0;border-bottom:1px solid var(--rule);font-size:1.0313rem;line-height:1.35}
.rank li::before{content:counter(r);color:var(--brick);font:600 .9375rem/1.5 var(--sans);font-variant-numeric:tabular-nums}
.rank a,.more a,footer a,.cats a{text-decoration:none}.rank a:hover,.more a:hover,footer a:hover,.cats a:hover{text-decoration:underline}
.rank .ui{display:block;margin-top:.2rem;color:var(--soft);font-size:.8125rem}
.cats{padding-top:.35rem}.cats a{display:flex;justify-content:space-between;gap:1rem;padding:.3rem 0}.cats span{color:var(--soft);font-variant-numeric:tabular-nums}
aside section+section,.block{margin-top:2.5rem}
.card p{margin:.7rem 0 0;color:var(--soft)}.card b{color:var(--ink)}
.more{margin-top:4rem}
.more ul{display:grid;grid-template-columns:repeat(3,1fr);gap:0 2.5rem}
.more li{padding:.9rem 0 1rem;line-height:1.35}.more li a{font-weight:700}
.more .ui{display:block;margin-top:.3rem;color:var(--soft)}
.next{margin:1.5rem 0 0}.next a{display:inline-block;padding:.3rem 0}
.prose p,.prose ul,.prose ol{margin:0 0 1em}.prose h2{font:700 1.3rem/1.3 var(--serif);margin:1.6em 0 .4em}.prose ul{list-style:disc;padding-left:1.3em}
.t{width:100%;border-collapse:collapse;margin-top:.6rem}
.t th,.t td{text-align:left;vertical-align:top;padding:.55rem .8rem .55rem 0;border-bottom:1px solid var(--rule)}
.t th{font-weight:600}.t thead th{color:var(--soft);font-weight:400}
.t input{width:100%;min-width:12rem;font:.8125rem/1.4 ui-monospace,Menlo,Consolas,monospace;color:inherit;background:var(--tint);border:1px solid var(--rule);border-radius:4px;padding:.35rem .5rem}
.t a{display:inline-block;padding:.1rem 0}
.scroll{overflow-x:auto}
.bad{color:var(--brick)}
footer{border-top:1px solid var(--rule);margin-top:4rem;padding:1.5rem 0 3rem;color:var(--soft)}
footer .wrap{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}footer p{margin:0 auto 0 0;padding:.2rem 0}footer a{padding:.2rem 0}
@media(max-width:62rem){.cols,.cols.read{grid-template-columns:minmax(0,1fr)}.cols.read{max-width:43rem}aside{margin-top:3rem}.more ul{grid-template-columns:1fr}.more li{border-bottom:1px solid var(--rule)}}
@media(max-width:40rem){footer p{width:100%}html{font-size:1.0625rem}.wrap{padding:0 1.15rem}.top .wrap{padding-top:.7rem}.top nav{order:3;width:100%;justify-content:space-between}.cols,.cols.read,.one{padding-top:1.6rem}.day{padding-top:1.4rem}.dek{font-size:1.175rem}.share{gap:0 .8rem}.st{padding:1.25rem 0}.st h2{font-size:1.25rem}.rows li{grid-template-columns:3.4rem minmax(0,1fr);gap:0 .6rem}.rows .s{grid-column:2;text-align:left}.cov .rows li{grid-template-columns:1.5rem minmax(0,1fr)}}
@media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{header.top,.share,aside,.more,footer,.skip{display:none}.cols,.cols.read{display:block}html{font-size:11pt}}
`;

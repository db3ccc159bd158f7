/** The one stylesheet of all pages. Contrast of each pair is ≥ 6.7:1. */
export const STYLE = `
:root{--paper:#fbfaf7;--tint:#f3f0e9;--ink:#1f1d1a;--soft:#5d5850;--rule:#e2ddd2;--brick:#9a3b1b;
--serif:Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4",Georgia,"Noto Serif",serif;--sans:-apple-system,"Segoe UI",Roboto,system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--paper:#161513;--tint:#1f1d1a;--ink:#ebe6dd;--soft:#a9a297;--rule:#34302b;--brick:#f09a74}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:1.1875rem/1.6 var(--serif);-webkit-text-size-adjust:100%}
body{margin:0;overflow-wrap:anywhere}
h1,h2,p,ol,ul{margin:0;padding:0}
ol,ul{list-style:none}
a{color:inherit;text-decoration:underline 1px var(--brick);text-underline-offset:.18em}
a:hover{color:var(--brick)}
:focus-visible{outline:2px solid var(--brick);outline-offset:3px;border-radius:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
.wrap{max-width:73rem;margin:auto;padding-inline:1.5rem}
.ui{font:.875rem/1.5 var(--sans)}
.soft{color:var(--soft)}
.bad{color:var(--brick)}

header.top{border-bottom:1px solid var(--rule)}
.top .wrap{display:flex;align-items:center;gap:.25rem 1.5rem;min-height:3.75rem;flex-wrap:wrap}
.top a{text-decoration:none;padding:.4rem 0}
.brand{display:flex;align-items:center;gap:.6rem;font:700 1.25rem/1.2 var(--serif);letter-spacing:-.01em;margin-right:auto}
.brand svg{width:2.1rem;height:1.1rem;fill:var(--brick);flex:none}
.top nav{display:flex;flex-wrap:wrap;gap:0 1.4rem}
.top [aria-current]{color:var(--brick);font-weight:600}
.top .sub{border:1px solid var(--rule);border-radius:99px;padding:.3rem .9rem}

.cols{display:grid;grid-template-columns:minmax(0,1fr) 17rem;gap:0 4.5rem}
.read{grid-template-columns:minmax(0,40rem) 16.5rem;justify-content:space-between;padding-top:3rem}
.list,.one{padding-top:2.5rem}.one>*{max-width:46rem}.one>.block{max-width:60rem}.one.wide>*{max-width:none}
.kick{font-weight:600}.kick a{color:var(--brick);text-decoration:none;padding:.2rem 0}.kick a:hover{text-decoration:underline}
h1{font:700 clamp(1.9rem,1.4rem + 2.3vw,2.85rem)/1.12 var(--serif);letter-spacing:-.018em;margin:.5rem 0 1rem;text-wrap:balance}
.long,.list h1,.one h1{font-size:clamp(1.6rem,1.4rem + 1.1vw,2.1rem);line-height:1.2}.list h1,.one h1{margin:.2rem 0 .6rem}
.day{display:flex;flex-wrap:wrap;gap:0 1.5rem;justify-content:space-between;align-items:baseline;padding:2.25rem 0 1.25rem}
.day h1{font:700 1.0625rem/1.4 var(--sans);letter-spacing:0;margin:0}
.dek{font-size:1.3rem;line-height:1.45;color:var(--soft);margin:0 0 1.25rem;text-wrap:pretty}
.meta{color:var(--soft)}
.meta a{color:var(--ink);font-weight:600}
.bar{color:var(--soft);display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1.5rem;padding:.45rem 0;margin:1.1rem 0 2rem;border:solid var(--rule);border-width:1px 0}
.bar nav{display:flex;flex-wrap:wrap;gap:0 1.1rem;align-items:baseline}
.bar a,.bar span{padding:.25rem 0;text-decoration:none}.bar a:hover{text-decoration:underline}.bar>a{color:var(--ink)}

.body :is(p,ul,ol,dl,pre,blockquote,figure,table,details){margin:0 0 1.1em}.body p{text-wrap:pretty}
.body>:last-child{margin-bottom:0}
.body h2,.body h3,.body h4,.body h5,.body h6,.prose h2{font:700 1.3rem/1.3 var(--serif);margin:1.8em 0 .4em;letter-spacing:-.005em}
.body h4,.body h5,.body h6{font-size:1.1rem}
.body ul,.body ol{padding-inline-start:1.4em;list-style:disc}.body ol{list-style:decimal}
.body pre{white-space:pre-wrap;background:var(--tint);padding:.8rem 1rem;border-radius:6px}
code,.body pre,.body kbd,.body samp{font:.84em/1.5 ui-monospace,Menlo,Consolas,monospace}.body pre code{font-size:1em}
.body blockquote{padding-inline-start:1rem;border-inline-start:2px solid var(--rule);color:var(--soft)}
.body figcaption{color:var(--soft);font:.875rem/1.5 var(--sans)}
.body table{display:block;overflow-x:auto;font-size:1rem;border-collapse:collapse}.body :is(td,th){padding:.3rem .9rem .3rem 0;text-align:start;border-bottom:1px solid var(--rule);vertical-align:top}
.body :is(img,video,audio){max-width:100%;height:auto}
.body hr{border:0;border-top:1px solid var(--rule);margin:2em 0}
.src,.tags{color:var(--soft);margin:1.75rem 0}.src a,.tags a{color:var(--ink)}.tags+.src{margin-top:-1.25rem}
.orig{display:flex;align-items:baseline;justify-content:space-between;flex-wrap:wrap;gap:.1rem 1rem;text-decoration:none;border:1px solid var(--ink);border-radius:8px;padding:.9rem 1.25rem;font:600 1rem/1.4 var(--sans)}
.orig span{font-weight:400;color:var(--soft)}.orig:hover{border-color:var(--brick)}

.lab{font:600 .9375rem/1.4 var(--sans);border-top:2px solid var(--ink);padding-top:.7rem;display:flex;justify-content:space-between;align-items:baseline;gap:0 1rem}
.lab a{font-weight:400;font-size:.8125rem;color:var(--soft);padding:.2rem 0;flex:none}.lab a,.st h2 a,.rows .t,.rank .t,.more .t,.cats a,footer a{text-decoration:none}
:is(.lab,.st h2,.cats,footer) a:hover,:is(.rows,.rank,.more) .t:hover{text-decoration:underline 1px var(--brick)}
.t{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden;min-height:1.5rem}
.st{padding:1.6rem 0 1.5rem;border-top:1px solid var(--rule)}
.st h2{font:700 1.375rem/1.25 var(--serif);letter-spacing:-.008em;text-wrap:balance;max-width:42rem}
.st h2 a{display:block}
.st.lead{border-top:2px solid var(--ink);padding-top:1.75rem}
.st.lead h2{font-size:clamp(1.9rem,1.3rem + 2.2vw,2.6rem);line-height:1.12;letter-spacing:-.018em}
.st .d{color:var(--soft);margin-top:.5rem;max-width:42rem;text-wrap:pretty;font-size:1.0938rem;line-height:1.5}
.st.lead .d{font-size:1.2rem;line-height:1.45;margin-top:.8rem}
.st .meta{font-size:.8438rem;margin-top:.6rem}
.st .meta a,.mr a{color:var(--ink);font-weight:400;text-decoration-color:var(--rule)}.st .meta a:hover,.mr a:hover{text-decoration-color:var(--brick)}
.st .meta .k{color:var(--brick);font-weight:600;text-decoration:none}.st .meta .k:hover{text-decoration:underline}
.mr{margin-top:.9rem;padding-inline-start:1rem;border-inline-start:2px solid var(--rule);color:var(--soft)}
.mr b{font-weight:600;color:var(--ink)}
.rows{padding-top:.2rem}
.rows li{display:grid;grid-template-columns:4.2rem minmax(0,1fr) minmax(0,9.5rem);gap:0 1rem;align-items:baseline;padding:.6rem 0;border-bottom:1px solid var(--rule);line-height:1.35;font-size:1.0625rem}
.rows .ui{color:var(--soft);font-size:.8125rem;font-variant-numeric:tabular-nums}.rows .s{text-align:end}.rows .s a{display:inline-block;text-decoration:none;padding:.2rem 0}.rows .s a:hover{text-decoration:underline}
.rows .s .disc{display:block;color:inherit}.list .rows{margin-top:1.25rem;border-top:2px solid var(--ink);padding:0}
.why{margin:1.5rem 0 0;color:var(--soft)}.why summary{cursor:pointer;padding:.2rem 0}.why ul{list-style:disc;padding-left:1.2rem;margin:.5rem 0 0}
.cov{margin:3rem 0 0}
.said{padding-top:.2rem}.said>li{padding:.9rem 0;border-bottom:1px solid var(--rule);font-size:1.0625rem;line-height:1.5}.said .ui{margin-bottom:.2rem;color:var(--soft)}.said .body{font-size:1rem}
.rank{counter-reset:r}
.rank li{counter-increment:r;display:grid;grid-template-columns:1.75rem minmax(0,1fr);padding:.7rem 0;border-bottom:1px solid var(--rule);font-size:1.0313rem;line-height:1.35}
.rank li::before{content:counter(r);color:var(--brick);font:600 .9375rem/1.5 var(--sans);font-variant-numeric:tabular-nums}
.rank .ui{display:block;margin-top:.2rem;color:var(--soft);font-size:.8125rem}
.cats{padding-top:.35rem}.cats a{display:flex;justify-content:space-between;align-items:baseline;gap:0 1rem;padding:.3rem 0}.cats a>span:last-child{flex:none}
.cats span{color:var(--soft);font-variant-numeric:tabular-nums}.cats .who{color:var(--ink)}.who .ui{margin-inline-start:.5rem}
.rule{margin-top:1.25rem;border-top:2px solid var(--ink);padding:0}.rule li{border-bottom:1px solid var(--rule)}.rule a{padding:.65rem 0}
aside section+section{margin-top:2.5rem}.block{margin-top:3rem}
.card p{margin:.7rem 0 0;color:var(--soft)}.card b{color:var(--ink)}
.more{margin-top:4rem}
.more ul{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:0 2.5rem}
.more li{padding:.9rem 0 1rem;line-height:1.35}.more .t{font-weight:700}
.more li .ui{display:block;margin-top:.3rem;color:var(--soft);font-size:.8125rem}
.turn{display:flex;justify-content:space-between;gap:1rem}.turn a[rel=next],.turn a:nth-child(2){margin-left:auto}.list main .lab a{font:inherit;color:inherit}.list section{margin-top:2rem}.list section .rows{margin:0;border:0}.next{margin:1.25rem 0 0}.next a{display:inline-block;padding:.2rem 0}
.prose p{margin:0 0 1em}.prose h2+p{margin-top:0}

.tab{width:100%;border-collapse:collapse}
.tab :is(th,td){text-align:start;vertical-align:top;padding:.55rem 1.2rem .55rem 0;border-bottom:1px solid var(--rule)}
.tab th{font-weight:600}.tab thead th{color:var(--soft);font-weight:400;border-bottom:2px solid var(--ink)}
.tab small{display:block;font-size:.8125rem;font-weight:400;color:var(--soft)}.tab small.bad{color:var(--brick)}
.tab a{display:inline-block;padding:.1rem 0}
.scroll{overflow-x:auto;margin-top:1.5rem;overflow-wrap:break-word}.scroll td{white-space:nowrap}.scroll th{min-width:9rem;max-width:16rem}.scroll small{white-space:normal;max-width:13rem}.scroll th+td{white-space:normal;overflow-wrap:anywhere;min-width:16rem}.scroll th+td small{max-width:none}
.feeds tr{display:grid;grid-template-columns:13rem minmax(0,1fr) 12.5rem;gap:0 1.5rem;align-items:center;border-bottom:1px solid var(--rule);padding:.5rem 0}
.feeds :is(th,td){border:0;padding:0}.feeds td a+a{margin-inline-start:1rem}.feeds td a{color:var(--soft)}
.find{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:1.25rem 0 0}.find input{flex:1 1 12rem;max-width:22rem}.find p{flex-basis:100%}button{font:inherit;color:inherit;background:none;border:1px solid var(--rule);border-radius:99px;padding:.25rem .9rem;cursor:pointer}button:hover{border-color:var(--brick)}
input{width:100%;font:.8125rem/1.4 ui-monospace,Menlo,Consolas,monospace;color:inherit;background:var(--tint);border:1px solid var(--soft);border-radius:4px;padding:.35rem .5rem;text-overflow:ellipsis}

footer{border-top:1px solid var(--rule);margin-top:4rem;padding:1.5rem 0 3rem;color:var(--soft)}
footer .wrap{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}footer p{margin:0 auto 0 0}footer :is(p,a){padding:.2rem 0}

@media(min-width:58.01rem){@supports(grid-template-columns:subgrid){
.front main{grid-area:1/1/3/3;display:grid;grid-template:subgrid/subgrid}.front{grid-template-rows:auto 1fr}.day{grid-column:1/3}.front aside{grid-area:2/2;padding-top:0}}}
@media(max-width:58rem){.cols{grid-template-columns:minmax(0,1fr)}.read{max-width:43rem}aside{margin-top:3rem}.more{max-width:43rem}.more ul{grid-template-columns:minmax(0,1fr)}.more li{border-bottom:1px solid var(--rule)}}
@media(max-width:40rem){html{font-size:1.0938rem}.wrap{padding-inline:1.15rem}footer p{width:100%}.top .wrap{padding-top:.7rem}.top nav{order:3;width:100%;justify-content:space-between;gap:0 .5rem}
.read,.list,.one{padding-top:1.6rem}.day{padding:1.4rem 0 1rem}.dek{font-size:1.175rem}.bar nav{gap:0 .8rem}.st{padding:1.25rem 0}.st h2{font-size:1.25rem}
.rows li{grid-template-columns:3rem minmax(0,1fr);gap:0 .6rem}.rows .s{grid-column:2;text-align:start}
.orig{flex-direction:column}.feeds tr{grid-template-columns:minmax(0,1fr);gap:.4rem}
.scroll thead{position:absolute;left:-99rem}.scroll tr{display:block;padding:.6rem 0;border-bottom:1px solid var(--rule)}.scroll :is(th,td){display:block;border:0;padding:0;max-width:none}
.scroll th+td{min-width:0}.scroll td~td{display:inline;white-space:normal;color:var(--soft)}.scroll td~td small{display:inline;margin-left:.3rem}.scroll td:nth-child(3)::before{content:"Checked "}.scroll td:nth-child(4)::before{content:" · 304: "}.scroll td:nth-child(5)::before{content:" · "}.scroll td:nth-child(6)::before{content:" · Next: "}}
@media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{:root{--paper:#fff;--ink:#000;--soft:#333;--brick:#000}header.top,.bar,aside,.more,footer,.skip{display:none}.cols{display:block;padding:0}html{font-size:11pt}.orig::after{content:attr(href);flex-basis:100%;font-weight:400}}
`;

// What a browser makes of the HTML page: prints one JSON object. usage: node page_check.js FILE.html CHROMIUM PDF
// Needs puppeteer-core and axe-core beside it (NODE_PATH); loads nothing from anywhere else.
const puppeteer = require('puppeteer-core');
const fs = require('fs');

(async () => {
    const [file, chromium, pdf] = process.argv.slice(2);
    const browser = await puppeteer.launch({ executablePath: chromium, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
    const page = await browser.newPage();
    const requests = [];
    page.on('request', request => requests.push(request.url()));
    const dialogs = [];
    page.on('dialog', async dialog => { dialogs.push(dialog.message()); await dialog.dismiss(); });
    const result = { requests, dialogs };
    const width = async pixels => {
        await page.setViewport({ width: pixels, height: 844 });
        await page.goto('file://' + file);
        return page.evaluate(() => document.documentElement.scrollWidth);
    };
    result.desktop = await width(1280);
    result.phone = await width(390);
    result.smallest = await page.evaluate(() => Math.min(...[...document.querySelectorAll('td,th,p,li')]
        .filter(e => e.innerText && e.offsetParent).map(e => parseFloat(getComputedStyle(e).fontSize))));
    const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
    result.violations = [];
    for (const pixels of [1280, 390]) {
        await page.setBypassCSP(true);
        await width(pixels);
        await page.evaluate(axe);
        const report = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
        report.violations.forEach(v => result.violations.push(pixels + ': ' + v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).slice(0, 3).join(' | ')));
        result.rules = report.passes.length;
    }
    result.tree = await page.evaluate(() => ({
        rows: document.querySelectorAll('tbody tr:not(.band)').length, headers: document.querySelectorAll('tbody th[scope=row]').length,
        groups: document.querySelectorAll('th[scope=rowgroup]').length, columns: document.querySelectorAll('thead th[scope=col]').length,
        drawings: document.querySelectorAll('svg[role=img][aria-label]').length, bare: document.querySelectorAll('svg:not([aria-label])').length,
        scripts: document.scripts.length, heading: document.querySelector('h1').innerText }));
    await page.pdf({ path: pdf, preferCSSPageSize: true, printBackground: true });
    await browser.close();
    console.log(JSON.stringify(result));
})().catch(error => { console.error(error); process.exit(1); });

/**
 * The script of every page, in one file because a page's scripts cost requests, not bytes: each part looks for what it
 * serves and does nothing where that is not. What a reader may never ask for (search box, diagram viewer, step-through,
 * the place in a reading plan) is fetched when it is wanted.
 */
import '#diagrams/client.ts';
import '#labs/steps-loader.ts';
import '#search/search-opener.ts';
import '#share/copy-link.ts';
import '#share/selection-link.ts';
import '#share/share-menu.ts';
import './reading/copy-code.ts';
import './reading/depth.ts';
import './reading/follow-ups.ts';
import './reading/found-text.ts';
import './reading/menu-button.ts';
import './reading/read-marks.ts';
import './reading/sections.ts';
import './reading/shortcuts.ts';
import './reading/terms.ts';
import './theme-select.ts';

if (new URLSearchParams(location.search).has('plan')) void import('./reading/plan-walk.ts');

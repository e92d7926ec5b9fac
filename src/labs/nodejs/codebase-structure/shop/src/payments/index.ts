export { memoryGateway, type Gateway } from './gateway.ts';

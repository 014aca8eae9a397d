// Loaded before each script: the libraries are in var/clients, away from the sources.
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const installed = pathToFileURL(join(process.env.CLIENTS_INSTALLED, 'package.json')).href

registerHooks({
  resolve(specifier, context, next) {
    const isLibrary = !/^(node:|file:|\.|\/)/.test(specifier)
    const isOurs = context.parentURL && !context.parentURL.includes('/node_modules/')
    return next(specifier, isLibrary && isOurs ? { ...context, parentURL: installed } : context)
  },
})

// What every discord.js bot here shares: the sandbox's address, and "ready" once its commands are registered.
const { Client, Events, GatewayIntentBits, MessageFlags } = require("discord.js");

exports.ROLE_ID = process.env.ROLE_ID;
exports.PRIVATE = MessageFlags.Ephemeral;

exports.run = (commands, answer) => {
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: process.env.SANDBOX_API } });
  client.once(Events.ClientReady, async () => {
    await client.application.commands.set(commands);
    console.log("ready");
  });
  client.on(Events.InteractionCreate, answer);
  client.login(process.env.TOKEN);
};

/** What the broker says of its refusals beyond their codes, and of fields, by its own English. */

import english from "../../api/details.json";
import { defineTexts } from "../../i18n/texts";

export const refusalTexts = defineTexts(english, {
  de: {
    "'identity' holds one thing, named as the service's protocol ({protocol}); known: {known}":
      "„identity“ enthält genau eine Angabe, benannt wie das Protokoll des Dienstes ({protocol}). Bekannt sind: {known}",
    "'minimum', 'maximum', 'step' and 'rate' bound what is written: use 'writes'":
      "„minimum“, „maximum“, „step“ und „rate“ begrenzen, was geschrieben wird: Nehmen Sie „writes“.",
    "A label filter is written like type=plc.": "Ein Filter nach Merkmalen hat die Form type=plc.",
    "A passkey is added only when the second factor was shown within the last ten minutes.":
      "Ein Passkey lässt sich nur hinzufügen, wenn Sie Ihren zweiten Faktor in den letzten zehn Minuten gezeigt haben.",
    "A password has {min_length} to {max_length} characters.":
      "Ein Passwort hat {min_length} bis {max_length} Zeichen.",
    "A vendor's account needs a sponsor among the plant's people.":
      "Das Konto eines Dienstleisters braucht eine verantwortliche Person der Anlage.",
    "A vendor's account needs an end date.": "Das Konto eines Dienstleisters braucht ein Enddatum.",
    "An account needs at least one role.": "Ein Konto braucht mindestens eine Rolle.",
    "An emergency account is an admin of the plant's own, without an end date.":
      "Ein Notfallkonto gehört zur Administration der Anlage selbst und hat kein Enddatum.",
    "An extension of this session was asked for already.": "Eine Verlängerung dieser Sitzung ist schon beantragt.",
    "Give a duration of at most {duration_seconds} seconds.":
      "Nennen Sie eine Dauer von höchstens {duration_seconds} Sekunden.",
    "It does not hold what was counted when it was closed.": "Sie enthält nicht, was beim Abschließen gezählt wurde.",
    "It is {current} and cannot become {wanted}.":
      "Der Stand ist „{current}“, und „{wanted}“ ist von da aus nicht möglich.",
    "Name some of the tiers that were asked for, and no others.":
      "Nennen Sie nur Stufen, die beantragt wurden, und mindestens eine.",
    "No agent of the site {site} is connected.": "Kein Agent des Standorts {site} ist verbunden.",
    "No agent of this site is connected.": "Kein Agent dieses Standorts ist verbunden.",
    "No more {load} may be open: {open_now} are, and {limit} is the most.":
      "Offen sind schon {open_now} {load}, und höchstens {limit} sind erlaubt.",
    "Nobody disables the organization that they belong to.":
      "Niemand sperrt die Organisation, zu der er selbst gehört.",
    "Nobody disables their own account.": "Niemand sperrt das eigene Konto.",
    "None of these {named} are among those that were asked for.": "Davon wurde nichts beantragt: {named}.",
    "Nothing understands this protocol, so nothing in it can be fenced.":
      "Kein Guard versteht dieses Protokoll, also lässt sich darin nichts einzäunen.",
    "Passkeys belong to a host name of the broker's, and this page's address is none.":
      "Passkeys gehören zu einem Namen des Brokers, und die Adresse dieser Seite ist keiner.",
    "People of a vendor hold the role vendor and no other.":
      "Personen eines Dienstleisters haben die Rolle „vendor“ und keine andere.",
    "Somebody else applied policies at this moment.": "Gerade eben hat jemand anderes Richtlinien in Kraft gesetzt.",
    "Something was added to the site just now.": "Gerade eben kam am Standort etwas hinzu.",
    "That is no recording's id.": "Das ist keine Kennung einer Aufzeichnung.",
    "The Origin header does not name the broker's own address.":
      "Der Kopf „Origin“ nennt nicht die Adresse des Brokers.",
    "The Range header cannot be understood.": "Der Kopf „Range“ ist nicht verständlich.",
    "The agent brought no stream within {deadline_seconds} s.":
      "Der Agent hat innerhalb von {deadline_seconds} s keine Verbindung gebracht.",
    "The agent did not accept the broker's signature on the grant.":
      "Der Agent hat die Unterschrift des Brokers auf der Berechtigung nicht angenommen.",
    "The agent did not accept the broker's signature on the grant. ({detail})":
      "Der Agent hat die Unterschrift des Brokers auf der Berechtigung nicht angenommen. ({detail})",
    "The agent is not connected.": "Der Agent ist nicht verbunden.",
    "The agent is revoked already.": "Der Agent ist schon widerrufen.",
    "The agent is {state}, not quarantined.": "Der Agent ist nicht in Quarantäne, sein Stand ist „{state}“.",
    "The agent refused to open the stream.": "Der Agent hat die Verbindung abgelehnt.",
    "The agent refused to open the stream. ({detail})": "Der Agent hat die Verbindung abgelehnt. ({detail})",
    "The agent's certificate is not valid any more.": "Das Zertifikat des Agenten gilt nicht mehr.",
    "The agent's clock is too far from the broker's.": "Die Uhr des Agenten weicht zu weit von der des Brokers ab.",
    "The agent's clock is too far from the broker's. ({detail})":
      "Die Uhr des Agenten weicht zu weit von der des Brokers ab. ({detail})",
    "The agent's clock is {offset} seconds ahead of the broker's.":
      "Die Uhr des Agenten geht gegenüber der des Brokers {offset} Sekunden vor.",
    "The agent's clock is {offset} seconds behind the broker's.":
      "Die Uhr des Agenten geht gegenüber der des Brokers {offset} Sekunden nach.",
    "The agent's link broke while it was being spoken to.": "Die Verbindung zum Agenten brach mitten im Gespräch ab.",
    "The agent's time carries no offset from UTC.": "Die Zeit des Agenten nennt ihren Abstand zu UTC nicht.",
    "The approved time is over; what is open may go on for now, nothing new opens.":
      "Die genehmigte Zeit ist um. Offenes läuft vorerst weiter, Neues öffnet sich nicht.",
    "The asset changed since it was read.": "Das Gerät wurde geändert, seit Sie es gelesen haben.",
    "The banner changed since it was read.": "Der Hinweis wurde geändert, seit Sie ihn gelesen haben.",
    "The body did not arrive within {body_seconds} seconds.":
      "Der Inhalt der Anfrage kam nicht innerhalb von {body_seconds} Sekunden an.",
    "The body has {declared} bytes; this address takes at most {max_body_bytes}.":
      "Die Anfrage hat {declared} Bytes; angenommen werden hier höchstens {max_body_bytes}.",
    "The body holds a NUL or half a character.": "Die Anfrage enthält ein NUL-Zeichen oder ein halbes Zeichen.",
    "The body is larger than the {max_body_bytes} bytes taken here.":
      "Die Anfrage ist größer als die {max_body_bytes} Bytes, die hier angenommen werden.",
    "The body is larger than this address takes.": "Die Anfrage ist größer, als hier angenommen wird.",
    "The body is not valid JSON.": "Die Anfrage ist kein gültiges JSON.",
    "The broker met an error of its own.": "Im Broker selbst ist ein Fehler aufgetreten.",
    "The certificate signing request cannot be parsed.": "Die Zertifikatsanfrage ist nicht lesbar.",
    "The client certificate is not an agent's.": "Das Zertifikat gehört keinem Agenten.",
    "The code or the password was not accepted.": "Der Code oder das Passwort wurde nicht angenommen.",
    "The device already has as many connections as the site allows.":
      "Das Gerät hat schon so viele Verbindungen, wie der Standort erlaubt.",
    "The device already has as many connections as the site allows. ({detail})":
      "Das Gerät hat schon so viele Verbindungen, wie der Standort erlaubt. ({detail})",
    "The device cannot be reached from the site.": "Das Gerät ist vom Standort aus nicht erreichbar.",
    "The device cannot be reached from the site. ({detail})":
      "Das Gerät ist vom Standort aus nicht erreichbar. ({detail})",
    "The device did not answer in time.": "Das Gerät hat nicht rechtzeitig geantwortet.",
    "The device did not answer in time. ({detail})": "Das Gerät hat nicht rechtzeitig geantwortet. ({detail})",
    "The device refused the connection.": "Das Gerät hat die Verbindung abgelehnt.",
    "The device refused the connection. ({detail})": "Das Gerät hat die Verbindung abgelehnt. ({detail})",
    "The end date must lie in the future.": "Das Enddatum muss in der Zukunft liegen.",
    "The enrolment token or the code is not valid.": "Das Token der Einrichtung oder der Code gilt nicht.",
    "The first call with this idempotency key is still at work.": "Der erste Vorgang mit diesem Schlüssel läuft noch.",
    "The grant does not run, so there is nothing to extend.":
      "Die Berechtigung läuft nicht, also gibt es nichts zu verlängern.",
    "The grant had already run out when the agent got it.":
      "Die Berechtigung war schon abgelaufen, als der Agent sie erhielt.",
    "The grant had already run out when the agent got it. ({detail})":
      "Die Berechtigung war schon abgelaufen, als der Agent sie erhielt. ({detail})",
    "The grant is {state} and cannot be used now.":
      "Die Berechtigung lässt sich jetzt nicht nutzen, ihr Stand ist „{state}“.",
    "The header X-Wicket-CSRF is missing or is not this login's.":
      "Der Kopf „X-Wicket-CSRF“ fehlt oder gehört nicht zu dieser Anmeldung.",
    "The idempotency key is longer than 128 characters.":
      "Der Schlüssel gegen Wiederholung ist länger als 128 Zeichen.",
    "The identity of the service {service} of {path} is not valid any more.":
      "Die Identität des Dienstes {service} von {path} ist nicht mehr gültig.",
    "The lock would end before it begins.": "Die Sperre würde enden, bevor sie beginnt.",
    "The login cannot be continued.": "Die Anmeldung lässt sich nicht fortsetzen.",
    "The name {document} belongs to a document of kind {kind}.":
      "Der Name {document} gehört schon einem Text der Art {kind}.",
    "The name {document} belongs to the API.": "Der Name {document} ist der API vorbehalten.",
    "The passkey was not accepted, or the account cannot be used now.":
      "Der Passkey wurde nicht angenommen, oder das Konto lässt sich jetzt nicht nutzen.",
    "The passkey was not accepted.": "Der Passkey wurde nicht angenommen.",
    "The password is the user name.": "Das Passwort ist der Benutzername.",
    "The policies {names} name this group.": "Die Richtlinien {names} nennen diese Gruppe.",
    "The policy wants a second factor that is at most {age} seconds old.":
      "Die Richtlinie verlangt einen zweiten Faktor, der höchstens {age} Sekunden alt ist.",
    "The policy wants a second factor.": "Die Richtlinie verlangt einen zweiten Faktor.",
    "The policy {names} names this group.": "Die Richtlinie {names} nennt diese Gruppe.",
    "The policy {name} changed since.": "Die Richtlinie {name} wurde seither geändert.",
    "The policy {name} is gone.": "Die Richtlinie {name} gibt es nicht mehr.",
    "The policy {user} names this freeze.": "Die Richtlinie {user} nennt diese Sperrzeit.",
    "The recording cannot be read: {error}.": "Die Aufzeichnung ist nicht lesbar: {error}.",
    "The recording has {size} bytes; that range is not in it.":
      "Die Aufzeichnung hat {size} Bytes; dieser Ausschnitt liegt nicht darin.",
    "The recording is sealed for the key {id}, which is not here.":
      "Die Aufzeichnung ist für den Schlüssel {id} versiegelt, den es hier nicht gibt.",
    "The recording's content was changed: {error}.": "Der Inhalt der Aufzeichnung wurde verändert: {error}.",
    "The request asks for no more than that already.": "Der Antrag verlangt schon jetzt nicht mehr als das.",
    "The request is no longer the one that you read.": "Der Antrag ist nicht mehr der, den Sie gelesen haben.",
    "The request must be self-signed with an EC P-256 key.":
      "Die Zertifikatsanfrage muss mit einem eigenen Schlüssel (EC P-256) unterschrieben sein.",
    "The requester's account has ended.": "Das Konto der Person, die den Antrag stellte, ist beendet.",
    "The secret was changed, or does not belong in this place.":
      "Das Geheimnis wurde verändert oder gehört nicht an diese Stelle.",
    "The secret was sealed under the master key {head}, which is not here.":
      "Das Geheimnis wurde mit dem Hauptschlüssel {head} versiegelt, den es hier nicht gibt.",
    "The service was removed from the inventory, or reaches another address since.":
      "Der Dienst wurde aus dem Verzeichnis genommen oder erreicht seither eine andere Adresse.",
    "The session has ended: there is nothing to answer any more.":
      "Die Sitzung ist beendet: Es gibt nichts mehr zu beantworten.",
    "The session is ending: the device is looked at a last time.":
      "Die Sitzung endet gerade: Das Gerät wird ein letztes Mal betrachtet.",
    "The session of this extension has ended.": "Die Sitzung zu dieser Verlängerung ist beendet.",
    "The set-up token is not valid.": "Der Einrichtungslink gilt nicht.",
    "The site allows no more connections to this device just now.":
      "Der Standort erlaubt gerade keine weiteren Verbindungen zu diesem Gerät.",
    "The site allows no more connections to this device just now. ({detail})":
      "Der Standort erlaubt gerade keine weiteren Verbindungen zu diesem Gerät. ({detail})",
    "The site changed since it was read.": "Der Standort wurde geändert, seit Sie ihn gelesen haben.",
    "The site has an asset {name} already.": "Am Standort gibt es schon ein Gerät {name}.",
    "The site has locked itself against all access.": "Der Standort hat sich gegen jeden Zugang gesperrt.",
    "The site has locked itself against all access. ({detail})":
      "Der Standort hat sich gegen jeden Zugang gesperrt. ({detail})",
    "The site has no banner, so there is nothing to accept.":
      "Der Standort hat keinen Hinweis, also gibt es nichts anzunehmen.",
    "The site is locked ({locks} locks).": "Der Standort ist gesperrt (Sperren: {locks}).",
    "The site still has {assets} assets and {agents} agents.":
      "Am Standort gibt es noch etwas. Geräte: {assets}, Agenten: {agents}.",
    "The site {site} has an agent {name} already.": "Am Standort {site} gibt es schon einen Agenten {name}.",
    "The site {site} has an asset {spec} already.": "Am Standort {site} gibt es schon ein Gerät {spec}.",
    "The site {site} wants its banner accepted first.": "Am Standort {site} ist zuerst der Hinweis anzunehmen.",
    "The site's agent is being stopped.": "Der Agent des Standorts wird gerade angehalten.",
    "The site's agent is being stopped. ({detail})": "Der Agent des Standorts wird gerade angehalten. ({detail})",
    "The site's own ceiling does not allow this address, port or protocol.":
      "Der Standort selbst erlaubt diese Adresse, diesen Port oder dieses Protokoll nicht.",
    "The site's own ceiling does not allow this address, port or protocol. ({detail})":
      "Der Standort selbst erlaubt diese Adresse, diesen Port oder dieses Protokoll nicht. ({detail})",
    "The site's own ceiling file cannot be used at the moment.":
      "Die Freigabeliste des Standorts ist im Moment nicht brauchbar.",
    "The site's own ceiling file cannot be used at the moment. ({detail})":
      "Die Freigabeliste des Standorts ist im Moment nicht brauchbar. ({detail})",
    "The sponsor must be an active user of the plant's own organization.":
      "Die verantwortliche Person muss ein aktives Konto in der Organisation der Anlage haben.",
    "The start lies more than {days} days ahead.": "Der Beginn liegt mehr als {days} Tage voraus.",
    "The store did not answer within {begin_seconds} s.":
      "Der Speicher hat innerhalb von {begin_seconds} s nicht geantwortet.",
    "The stored policies cannot be read, so nothing passes: {error}":
      "Die gespeicherten Richtlinien sind nicht lesbar, also geht nichts durch: {error}",
    "The tag list has faults.": "Die Liste der Tags hat Fehler.",
    "The user name, password or code is wrong, or the account cannot be used now.":
      "Benutzername, Passwort oder Code stimmt nicht, oder das Konto lässt sich jetzt nicht nutzen.",
    "There are no objects called {table} in {protocol}.": "In {protocol} gibt es keine Objekte namens {table}.",
    "There is a group {slug} already.": "Es gibt schon eine Gruppe {slug}.",
    "There is a site {new} already.": "Es gibt schon einen Standort {new}.",
    "There is a user {name} already.": "Es gibt schon ein Konto {name}.",
    "There is an organization {row} already.": "Es gibt schon eine Organisation {row}.",
    "There is no export as {form}.": "Es gibt keine Ausgabe als {form}.",
    "There is no site {site}.": "Es gibt keinen Standort {site}.",
    "There is no such asset, or no such service of it.": "Es gibt dieses Gerät nicht, oder diesen Dienst an ihm.",
    "There is no such asset.": "Es gibt dieses Gerät nicht.",
    "There is no such site.": "Es gibt diesen Standort nicht.",
    "There is no such user.": "Es gibt dieses Konto nicht.",
    "There is nothing at this address.": "Unter dieser Adresse gibt es nichts.",
    "This address does not take this method.": "Diese Adresse kennt den Vorgang nicht.",
    "This address is for agents, which show a client certificate.":
      "Diese Adresse ist für Agenten, die ein Zertifikat zeigen.",
    "This address speaks WebSocket and nothing else.": "Diese Adresse spricht nur WebSocket.",
    "This broker gave out no such join token.": "Dieser Broker hat kein solches Beitrittstoken ausgegeben.",
    "This cannot be read as HTTP, or its head is too large.": "Das ist kein lesbares HTTP, oder sein Kopf ist zu groß.",
    "This emergency access was reviewed already.": "Dieser Notzugang ist schon nachgeprüft.",
    "This group is still asked. Open requests: {requests}, open reviews: {reviews}.":
      "Diese Gruppe wird noch gefragt. Offene Anträge: {requests}, offene Nachprüfungen: {reviews}.",
    "This idempotency key came with another body before.":
      "Dieser Schlüssel gegen Wiederholung kam schon mit anderem Inhalt.",
    "This is for {named} to decide.": "Darüber entscheidet: {named}.",
    "This is recording {recording} in the place of another.":
      "Das ist die Aufzeichnung {recording} an der Stelle einer anderen.",
    "This join token ended at {expires_at} UTC.": "Dieses Beitrittstoken endete um {expires_at} UTC.",
    "This join token was used already. If that was not you, somebody else has enrolled with it.":
      "Dieses Beitrittstoken wurde schon benutzt. Waren Sie das nicht, so hat sich jemand anderes damit angemeldet.",
    "This must be requested first.": "Das ist zuerst zu beantragen.",
    "This needs a valid login.": "Das geht nur mit gültiger Anmeldung.",
    "This needs the permission {permissions}, which your roles do not carry.":
      "Dafür ist das Recht {permissions} nötig, und Ihre Rollen umfassen es nicht.",
    "This password is among the first that anybody would try.":
      "Dieses Passwort gehört zu den ersten, die jemand versuchen würde.",
    "This port serves this machine only.": "Dieser Port ist nur für diesen Rechner.",
    "This would leave the broker without an admin.": "Damit hätte der Broker keine Administration mehr.",
    "Too many failed sign-ins from this address.": "Zu viele fehlgeschlagene Anmeldungen von dieser Adresse.",
    "Too many messages wait for this agent.": "Zu viele Nachrichten warten auf diesen Agenten.",
    "Too many sign-ins at once.": "Zu viele Anmeldungen auf einmal.",
    "Too many sign-ins were begun from this address and not finished.":
      "Zu viele Anmeldungen von dieser Adresse wurden begonnen und nicht beendet.",
    "You asked for this yourself, so somebody else must decide.":
      "Das haben Sie selbst beantragt, also muss eine andere Person entscheiden.",
    "You have no passkey for this address.": "Sie haben für diese Adresse keinen Passkey.",
    "You have {max_passkeys} passkeys already.": "Sie haben schon {max_passkeys} Passkeys.",
    "Your approval counts already; somebody else's is needed.":
      "Ihre Zustimmung zählt schon; die einer anderen Person fehlt noch.",
    "Your last session on this asset was cut by the plant, and the way back is blocked.":
      "Ihre letzte Sitzung an diesem Gerät hat die Anlage getrennt, und der Weg zurück ist gesperrt.",
    "a cursor belongs to pages: leave 'segment' out, or the cursor":
      "Eine Stelle zum Weiterblättern gehört zu Seiten: Lassen Sie „segment“ oder die Stelle weg.",
    "a label's value is text of 1 to 128 characters without line breaks; put numbers in quotes":
      "Der Wert eines Merkmals ist ein Text von 1 bis 128 Zeichen ohne Umbrüche; Zahlen stehen in Anführungszeichen.",
    "a no needs a reason": "Ein Nein braucht eine Begründung.",
    "a serial line speaks modbus-rtu, and modbus-rtu needs one: host serial:/dev/..., and as port the one that tools know, 502":
      "Eine serielle Leitung spricht modbus-rtu, und modbus-rtu braucht eine: als Host serial:/dev/..., und als Port den, den Programme kennen, 502.",
    "an empty fence lets nothing through: leave 'routes' out, or name the sub-addresses":
      "Ein leerer Zaun lässt nichts durch: Lassen Sie „routes“ weg, oder nennen Sie die Unteradressen.",
    "an empty fence lets nothing through: leave 'units' out, or name the sub-addresses":
      "Ein leerer Zaun lässt nichts durch: Lassen Sie „units“ weg, oder nennen Sie die Unteradressen.",
    "control characters are not taken here": "Steuerzeichen werden hier nicht angenommen.",
    "sessions of this user": "Sitzungen dieser Person",
    "sessions of this user under this policy": "Sitzungen dieser Person unter dieser Richtlinie",
    "sessions on this asset": "Sitzungen an diesem Gerät",
    "sessions on this asset under this policy": "Sitzungen an diesem Gerät unter dieser Richtlinie",
    "sessions through this site's agents": "Sitzungen über die Agenten dieses Standorts",
    "streams of this session": "Verbindungen dieser Sitzung",
    "streams through the site's agent": "Verbindungen über den Agenten des Standorts",
    "streams to this device's service": "Verbindungen zu diesem Dienst des Geräts",
    "the service {doubled} stands there twice: names are unique":
      "Der Dienst {doubled} steht zweimal da: Jeder Name darf nur einmal vorkommen.",
    "this is one line of text, without control characters": "Das ist eine Zeile Text ohne Steuerzeichen.",
    "{host} carries more than the host: give the port in 'port', and IPv6 without brackets":
      "{host} enthält mehr als den Host: Der Port gehört in „port“, und IPv6 steht ohne Klammern.",
    "{host} is neither an IP address nor a host name": "{host} ist weder eine IP-Adresse noch ein Hostname.",
    "{host} is not a host: give the bare address, such as 10.0.0.5, without scheme, path or mask":
      "{host} ist kein Host: Nennen Sie nur die Adresse, etwa 10.0.0.5, ohne Schema, Pfad oder Maske.",
    "{host} is not a serial line: write serial: and the device on the agent's machine, such as serial:/dev/ttyS0; speed and parity belong into the ceiling file on site":
      "{host} ist keine serielle Leitung: Schreiben Sie serial: und das Gerät am Rechner des Agenten, etwa serial:/dev/ttyS0; Geschwindigkeit und Parität gehören in die Freigabeliste am Standort.",
    "{host} looks like an IP address but is none: four numbers from 0 to 255":
      "{host} sieht aus wie eine IP-Adresse, ist aber keine: vier Zahlen von 0 bis 255.",
    "{max_exports} exports are at work already.": "Es laufen schon {max_exports} Ausgaben.",
    "{max_sockets_per_login} sockets of this login are open already.":
      "Von dieser Anmeldung sind schon {max_sockets_per_login} Kanäle offen.",
    "{max_watched} sessions are watched on this socket already.":
      "Auf diesem Kanal werden schon {max_watched} Sitzungen beobachtet.",
    "{name} is not a name for a group.": "{name} ist kein Name für eine Gruppe.",
    "{name} is not a name for an organization.": "{name} ist kein Name für eine Organisation.",
    "{name} is not a user name.": "{name} ist kein Benutzername.",
    "{name}: holds a NUL or half a character.": "{name}: enthält ein NUL-Zeichen oder ein halbes Zeichen.",
    "{text} is not an IANA time zone, such as Europe/Berlin or UTC":
      "{text} ist keine IANA-Zeitzone wie Europe/Berlin oder UTC.",
  },
});

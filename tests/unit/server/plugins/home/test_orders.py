"""What is said to a house, what is done in it, what it answers."""

import pytest

from tests.unit.server.plugins.home.conftest import House

pytestmark = pytest.mark.anyio


async def test_lights(house: House) -> None:
    for said, answered, called in (
        ("Allume la lumière du salon", "C'est allumé dans le salon.", ("light.turn_on", {})),
        ("Allume la lumière du séjour", "C'était déjà allumé dans le salon.", ("light.turn_on", {})),
        ("Et dans la cuisine ?", "C'était déjà allumé dans la cuisine.", ("light.turn_on", {})),
        ("Éteins le lampadaire", "C'est éteint : Lampadaire du salon.", ("light.turn_off", {})),
        ("Allume la chambre à 80 %", "Lumière à 80 % dans la chambre parentale.",
         ("light.turn_on", {"brightness_pct": 80})),
        ("Allume le bureau en rouge", "Lumière en rouge dans le bureau.",
         ("light.turn_on", {"color_name": "red"})),
        ("Mets la lumière du bureau en blanc chaud", "Lumière en blanc chaud dans le bureau.",
         ("light.turn_on", {"color_temp_kelvin": 2700})),
        ("Baisse la lumière de la cuisine", "Un peu moins de lumière dans la cuisine.",
         ("light.turn_on", {"brightness_step_pct": -25})),
        ("Éteins les lumières du premier étage", "C'est éteint au premier étage.", ("light.turn_off", {})),
        ("Allume les lumières du rez-de-chaussée", "C'est allumé au rez-de-chaussée.",
         ("light.turn_on", {})),
    ):  # fmt: skip
        assert await house.say(said) == answered
        assert house.server.calls[-1] == called
    assert house.server.state("light.bureau") == "off"
    assert house.server.state("light.lampadaire") == "on"


async def test_all_lights_but_what_is_not_reached(house: House) -> None:
    assert await house.say("Allume toutes les lumières") == "C'est allumé partout. Mais Cellier ne suit pas."
    assert await house.say("Éteins tout") == "C'est éteint partout. Mais Cellier ne suit pas."
    assert {house.server.state(e) for e in house.server.entities if e.startswith("light.")} == {
        "off",
        "unavailable",
    }


async def test_where_it_is_said_is_where_it_is_meant(house: House) -> None:
    house.services.room = "Salon"
    assert await house.say("Allume la lumière") == "C'est allumé."
    assert (house.server.state("light.salon"), house.server.state("light.bureau")) == ("on", "off")


async def test_which_room_is_asked_for(house: House) -> None:
    assert await house.say("Éteins la lumière") == "Dans quelle pièce ?"
    assert not house.server.calls
    assert await house.say("Dans la cuisine") == "C'est éteint dans la cuisine."


async def test_covers(house: House) -> None:
    for said, answered in (
        ("Ferme les rideaux du bureau", "Je ferme le rideau dans le bureau."),
        ("Ferme tous les volets", "Je ferme les volets partout."),
        ("Ouvre les volets du premier étage", "J'ouvre le volet au premier étage."),
        ("Ouvre les volets du salon à moitié", "Je mets le volet à 50 % dans le salon."),
        ("Ferme les volets du salon à 80 pour cent", "Je mets le volet à 20 % dans le salon."),
        ("Ouvre le volet baie vitrée", "J'ouvre Volet baie vitrée dans le salon."),
        ("Ouvre les rideaux à moitié", "Il ne sait que s'ouvrir et se fermer."),
    ):
        assert await house.say(said) == answered
    assert house.server.attribute("cover.salon", "current_position") == 20
    assert house.server.state("cover.garage") == "closed"


async def test_players(house: House) -> None:
    for said, answered in (
        ("Média suivant", "Au suivant dans le salon."),
        ("Mets la musique en pause", "C'est en pause dans le salon."),
        ("Pause", "Rien n'est en cours de lecture."),
        ("Reprends la lecture dans le bureau", "C'est reparti dans le bureau."),
        ("Mets le son de la télé à 30", "Volume à 30 % : Télé du salon."),
        ("Monte la musique", "Volume à 30 % dans le bureau."),
        ("Éteins la télé", "C'est éteint : Télé du salon."),
    ):
        assert await house.say(said) == answered
    assert house.server.attribute("media_player.bureau", "volume_level") == 0.3
    assert [name for name, _ in house.server.calls if "track" in name] == ["media_player.media_next_track"]


async def test_warmth(house: House) -> None:
    for said, answered in (
        ("Combien fait-il dans le bureau ?", "Il fait 19 degrés dans le bureau."),
        ("Et dans le salon ?", "Il fait 20,5 degrés dans le salon."),
        ("Quelle est la température dans la maison ?",
         "Il fait 20,5 degrés dans le salon et 19 degrés dans le bureau."),
        ("Mets le chauffage à vingt-deux degrés", "Chauffage réglé sur 22 degrés dans le salon."),
        ("Monte le chauffage de deux degrés", "Chauffage réglé sur 24 degrés dans le salon."),
        ("Mets le chauffage à cinquante degrés", "Le chauffage va de 7 à 28 degrés."),
        ("Coupe le chauffage", "Le chauffage est éteint dans le salon."),
        ("Combien fait-il dans la cuisine ?", "Home Assistant n'a pas de thermomètre dans la cuisine."),
    ):  # fmt: skip
        assert await house.say(said) == answered
    assert house.server.attribute("climate.salon", "temperature") == 24


async def test_devices_scenes_and_doors(house: House) -> None:
    for said, answered in (
        ("Allume la cafetière", "C'est allumé : Machine à café."),
        ("Mets l'ambiance cinéma", "Ambiance Soirée cinéma."),
        ("Mets l'ambiance fête", "Je ne connais pas cette scène : fête. Il y a Soirée cinéma."),
        ("Ouvre la porte d'entrée", "C'est déverrouillé : Porte d'entrée."),
        ("Verrouille la porte d'entrée", "C'est fermé à clé : Porte d'entrée."),
        ("Ouvre le garage", "Porte de garage s'ouvre."),
        ("Est-ce que le garage est ouvert ?", "C'est ouvert : Porte de garage."),
        ("Arme l'alarme", "L'alarme de la maison est activée."),
        ("Allume le ventilateur", "Home Assistant ne connaît pas cet appareil : ventilateur."),
    ):
        assert await house.say(said) == answered


async def test_what_may_do_harm_is_confirmed_first(house: House) -> None:
    asked = {name for name, intent in house.host.intents().items() if intent.confirm}
    assert asked == {"garage_open", "garage_close", "lock_open", "alarm_arm", "alarm_disarm"}


async def test_questions(house: House) -> None:
    for said, answered in (
        ("Est-ce que la lumière du salon est allumée ?", "Non, c'est éteint dans le salon."),
        ("Est-ce que la lumière de la cuisine est allumée ?", "Oui, c'est allumé dans la cuisine."),
        ("Quelles lumières sont allumées ?", "Oui, c'est allumé : Plafonnier."),
        ("Est-ce que toutes les lumières sont éteintes ?", "Non, c'est encore allumé partout : Plafonnier."),
        ("Les volets de la chambre sont-ils fermés ?", "Oui, c'est fermé dans la chambre parentale."),
        ("La porte d'entrée est-elle verrouillée ?", "C'est fermé à clé : Porte d'entrée."),
    ):
        assert await house.say(said) == answered
    assert not house.server.calls

"""The truth guard: lies in many forms, and truths that look like them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.server.core.claims import load_claims
from hive_mind.server.core.guard import TruthGuard

HONEST = load_claims().honest

LIES = """
C'est fait.
C'est fait, autre chose ?
Voilà, c'est noté !
Bien sûr ! J'ai ajouté du lait à votre liste de courses.
D'accord, le minuteur est lancé pour dix minutes.
Minuteur de dix minutes lancé.
Votre rendez-vous chez le dentiste a été ajouté à votre agenda.
Rendez-vous créé pour demain à 15 heures.
Je vous rappellerai demain matin à 8 heures.
Je vous rappelle demain à 8 heures.
Je te préviendrai quand ce sera prêt.
J'ai bien noté votre rendez-vous.
Je viens d'ajouter le pain à la liste.
Je viens juste de lancer le minuteur.
La lumière du salon est maintenant éteinte.
Les volets ont été fermés.
Je l'ai supprimé de votre calendrier.
Je m'en occupe tout de suite.
Ok, je lance un minuteur de cinq minutes.
J'éteins la lumière.
Un rappel a été programmé pour 18 h.
Votre alarme sonnera à 7 heures.
Vous recevrez une notification demain.
Tu seras prévenu à temps.
L'événement vient d'être supprimé.
Du lait ajouté à la liste de courses.
Le pain est maintenant sur votre liste.
Ajouté !
Parfait, tout est prêt.
J'ai mis un minuteur de dix minutes.
Je t'ai mis un rappel.
J'ai créé l'événement « Dentiste » pour demain.
J'ai pu ajouter le rendez-vous.
Je vais ajouter du lait à votre liste.
Nous avons programmé votre réveil.
Le message a bien été envoyé à Marie.
J'ai vérifié votre agenda : vous n'avez rien demain.
J'ai consulté la météo.
C'est parti pour dix minutes !
Je vous confirme que le minuteur est lancé.
Je vous confirme que j'ai annulé le rendez-vous.
Tous les événements ont été supprimés.
J'ai tout effacé.
Ta liste est vidée.
Le réveil est réglé sur 7 heures.
J'ai paramétré votre thermostat à 20 degrés.
J'ai géolocalisé votre téléphone.
Ton minuteur de dix minutes est en marche.
Je ne manquerai pas de vous le rappeler.
Le rappel pour acheter du pain demain matin est bien enregistré.
Considérez que c'est fait.
Je vous ai inscrit au cours.
La température est réglée sur vingt degrés.
""".strip().splitlines()

TRUTHS = """
Napoléon a ajouté la Hollande à l'Empire.
La capitale de l'Italie est Rome.
Je ne peux pas ajouter de lait à votre liste.
Je n'ai pas lancé de minuteur.
Je ne sais pas, je n'ai pas accès à la météo.
Voulez-vous que j'ajoute du lait à la liste ?
Je peux lancer un minuteur si vous voulez.
Si vous voulez, je lance un minuteur.
Je m'appelle Alison.
J'ai été créée par des passionnés.
J'ai compris, mais je ne peux pas le faire.
On dit « j'ai ajouté » en français.
Le minuteur a été inventé en 1927.
Le premier message a été envoyé en 1971.
L'agenda a été créé au quinzième siècle.
Le chauffage est allumé par un thermostat.
Louis XIV a fait construire Versailles. Il a été couronné en 1654.
Il faut ajouter du sel, puis mettre le tout au four.
J'ai pensé à une tarte aux pommes.
Ajoutez la farine, puis mélangez : la pâte est prête en dix minutes.
Les lampes à huile ont été remplacées par les bougies.
Je vous recommande une promenade.
Je vais vous expliquer.
Je pourrai vous aider demain.
Oui, la mer est salée.
Elle a été ouverte au public en 1889.
Les notes de musique sont do, ré, mi.
Le volume d'une sphère est de quatre tiers pi r cube.
C'est bon pour la santé.
Je te rappelle que la Terre est ronde.
Quand le minuteur est lancé, une lumière rouge s'allume.
Mozart a composé la musique de La Flûte enchantée.
C'est fait de farine et d'eau.
D'accord.
J'ai besoin de plus d'informations.
Tu peux ajouter un rappel en disant : rappelle-moi d'acheter du pain.
""".strip().splitlines()


def said(text: str, size: int, guard: TruthGuard) -> str:
    pieces = (guard.feed(text[at : at + size]) for at in range(0, len(text), size))
    return "".join(pieces) + guard.flush()


@pytest.mark.parametrize("size", [1, 5, 400])
@pytest.mark.parametrize("lie", LIES)
def test_a_claim_without_receipt_is_not_said(lie: str, size: int) -> None:
    guard = TruthGuard("Mets un minuteur et ajoute du pain")
    heard = said(lie, size, guard)
    assert guard.blocked is not None
    assert heard.endswith(HONEST) or HONEST[1:] in heard
    assert guard.feed("Et puis encore.") == ""


@pytest.mark.parametrize("lie", LIES)
def test_with_a_receipt_it_may_be_said(lie: str) -> None:
    assert said(lie, 3, TruthGuard("Mets un minuteur", acted=True)) == lie


@pytest.mark.parametrize("size", [1, 5, 400])
@pytest.mark.parametrize("truth", TRUTHS)
def test_what_claims_nothing_passes(truth: str, size: int) -> None:
    guard = TruthGuard("Mets un minuteur et ajoute du pain")
    assert (said(truth, size, guard), guard.blocked) == (truth, None)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Comment marche une alarme ?", "L'alarme est activée dès que la porte est ouverte."),
        ("Raconte-moi une histoire", "Un jour, j'ai pris mon sac et j'ai envoyé une lettre."),
        ("Je m'appelle Alice", "C'est noté, tu t'appelles Alice."),
    ],
)
def test_what_was_asked_matters(question: str, answer: str) -> None:
    assert said(answer, 4, TruthGuard(question)) == answer
    assert said(answer, 4, TruthGuard("Mets une alarme")) != answer


def test_what_was_true_before_the_claim_is_said_and_nothing_after_it() -> None:
    guard = TruthGuard("Quelle est la capitale, et ajoute du lait")
    heard = said("La capitale est Rome. J'ai ajouté le lait. Il est au frais.", 4, guard)
    assert heard == f"La capitale est Rome. {HONEST}"


@pytest.mark.parametrize("opener", ["Bien sûr ! ", "D'accord, ", "Oui, pas de problème. "])
def test_an_opener_falls_with_the_claim_after_it(opener: str) -> None:
    for size in (1, 12, 100):
        assert said(f"{opener}J'ai ajouté le lait.", size, TruthGuard("Ajoute du lait")) == HONEST


def test_a_failure_is_told_as_one() -> None:
    guard = TruthGuard("Ajoute du lait", failed=True)
    assert said("C'est ajouté.", 4, guard) == load_claims().honest_failed


@pytest.mark.parametrize("start", ["La capitale", "Paris", "Une araignée"])
def test_the_first_words_of_an_honest_answer_are_not_held(start: str) -> None:
    assert TruthGuard("Dis-moi").feed(start) == start


def test_what_explains_is_not_held_for_words_of_the_house() -> None:
    start = "Le ciel est bleu parce que la lumière du soleil est diffusée par l'air"
    assert TruthGuard("Pourquoi le ciel est bleu ?").feed(start) == start
    assert TruthGuard("Allume la lumière").feed(start) == "Le ciel est bleu parce que "
    assert TruthGuard("Pourquoi le ciel est bleu ?").feed("Parce que ton minuteur est") == "Parce que "
    promise = TruthGuard("Pourquoi tu n'allumes pas la lumière ?")
    assert said("La lumière s'allumera dans cinq minutes.", 4, promise) == HONEST


@settings(deadline=None)
@given(st.integers(0, len(LIES) - 1), st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_nor_does_it_matter_where_an_explanation_was_asked_for(which: int, sizes: list[int]) -> None:
    question = "Pourquoi la lumière s'allume ?"
    whole, cut = TruthGuard(question), TruthGuard(question)
    whole.feed(LIES[which])
    whole.flush()
    at = 0
    for size in itertools.cycle(sizes):
        cut.feed(LIES[which][at : at + size])
        at += size
        if at >= len(LIES[which]):
            break
    cut.flush()
    assert (cut.blocked is None) == (whole.blocked is None)


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abcdeéj'n .,!?«»\"\n", max_size=8), max_size=20))
def test_nothing_is_lost_and_nothing_added(pieces: list[str]) -> None:
    guard = TruthGuard("Dis-moi")
    heard = "".join(guard.feed(piece) for piece in pieces) + guard.flush()
    assert heard == "".join(pieces) or guard.blocked is not None


@settings(deadline=None)
@given(st.integers(0, len(LIES) - 1), st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_how_a_lie_is_cut_does_not_matter(which: int, sizes: list[int]) -> None:
    lie, guard, at = LIES[which], TruthGuard("Mets un minuteur et ajoute du pain"), 0
    for size in itertools.cycle(sizes):
        guard.feed(lie[at : at + size])
        at += size
        if at >= len(lie):
            break
    guard.flush()
    assert guard.blocked is not None
